"""The neuron component: Python side and script."""
