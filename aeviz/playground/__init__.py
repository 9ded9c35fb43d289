"""Training in the page: what the page and PyTorch must agree on, so that a run can be repeated and compared.

`random` has the random numbers, `batches` the order of the images and the noise, `weights` the initial weights,
`numbers` the numbers of an optimizer's step; each has a counterpart in JavaScript (web/components/playground). `replay`
makes the same run in PyTorch.
"""
