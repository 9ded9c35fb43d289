"""A folder of pages for any web server, without Python behind it: models, pairs, lessons and the playground."""
