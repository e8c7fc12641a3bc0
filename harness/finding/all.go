package finding

// All is every rule, by ID. One file a claim.
var All = []Rule{}
