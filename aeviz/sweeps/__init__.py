"""Many runs of one experiment: every combination of some settings, with several seeds each."""
