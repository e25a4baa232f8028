"""Parts shared by the bundles of readers and of locators: entries of a manifest, the checks of a folder, and the network."""
