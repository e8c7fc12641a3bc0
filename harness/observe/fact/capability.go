package fact

// Capability is one thing that a handset's shell offers, or does not offer. Of services and
// features there are only those that it does offer.
type Capability struct {
	Type    string `json:"type"` // service, feature, file, command, option
	Name    string `json:"name"`
	Present bool   `json:"present"`
	Value   string `json:"value,omitempty"` // of a feature: its version; of a command: where it is
}

func (Capability) Kind() string { return "capability" }

// Offer is all that a probe shows a handset's shell to offer, and not to offer.
type Offer map[Capability]bool

// Add adds a fact of the probe.
func (o Offer) Add(c Capability) {
	c.Value = ""
	o[c] = true
}

// Lacks says whether a whole probe shows that a handset does not have a thing: a service or
// feature that its list does not have, or another thing that the probe asked about by name. A
// thing that the probe did not ask about is not known to be missing.
func (o Offer) Lacks(kind, name string) bool {
	if kind == "service" || kind == "feature" {
		return !o[Capability{Type: kind, Name: name, Present: true}]
	}
	return o[Capability{Type: kind, Name: name}]
}
