"""Populations of any size: streams of luck, blocks, summaries, files, clusters."""
