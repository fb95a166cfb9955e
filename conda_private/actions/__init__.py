"""The use cases: collaborators in, a result out. They know the edges only as protocols."""
