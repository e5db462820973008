"""The domain of Didim: no Flask below this line."""
