"""Models of other programs: read, checked and kept as a run, so that every page works with them.

`onnx_file` reads a file without running it, `ends` fits its input and output to images in [0, 1] and latent points,
`model` measures it and keeps the run, and `modules` writes PyTorch modules, and those of pythae and diffusers, as such
files first. `aeviz.import_model` and `aeviz models import` do all of that in a process of its own.
"""
