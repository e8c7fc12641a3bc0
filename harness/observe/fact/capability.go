package fact

// Capability is one thing that a handset's shell offers, or has not. Of services
// and features those that are there are listed, and no others.
type Capability struct {
	Type    string `json:"type"` // service, feature, file, command, option
	Name    string `json:"name"`
	Present bool   `json:"present"`
	Value   string `json:"value,omitempty"` // of a feature: its version; of a command: where it is
}

func (Capability) Kind() string { return "capability" }

// Offer is what a probe shows that a handset's shell offers.
type Offer map[Capability]bool

// Add enters a fact of the probe.
func (o Offer) Add(c Capability) {
	c.Value = ""
	o[c] = true
}

// Lacks says whether a probe that came whole shows that a handset has no such
// thing: one that was asked about by name and is not there, or one that a list
// does not hold. What the probe does not ask about is not known to be lacking.
func (o Offer) Lacks(kind, name string) bool {
	if kind == "service" || kind == "feature" {
		return !o[Capability{Type: kind, Name: name, Present: true}]
	}
	return o[Capability{Type: kind, Name: name}]
}
