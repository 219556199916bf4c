"""Everything a person can do: permission, change and audit entry in one function; never commits."""
