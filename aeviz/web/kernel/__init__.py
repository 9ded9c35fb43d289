"""Parts that several pages share: the frame of a page, models, caches, address, images and pickers."""
