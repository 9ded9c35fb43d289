"""Training: the loop, optimizers, history, and runs on disk.

Nothing is imported here: `aeviz.training.runs` reads what is on disk without torch, and pages rely on that.
"""
