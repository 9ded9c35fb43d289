"""Measures of a trained model: latent points, errors, decoded grids, alignment.

Nothing is imported here, so that a page which shows stored points needs neither torch nor scikit-learn.
"""
