"""The best denoiser of points on a curve, as arrows."""
