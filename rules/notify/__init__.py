"""Who is told of an alert, and of which alerts nobody is told because another one says more."""
