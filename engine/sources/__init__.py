"""Sources of images: folders and zip files that are read in place, without trusting a name in them."""
