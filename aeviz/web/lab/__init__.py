"""The page Lab: experiments on the theory of the sources."""
