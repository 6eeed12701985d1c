"""What is done with a model's outputs before they are drawn; `framegate.views` has the views themselves."""
