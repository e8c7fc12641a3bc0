package ledger

import "strings"

// Sharing is the handsets of one model, which share what it owes.
type Sharing struct {
	Brand    string   `json:"brand"`
	Model    string   `json:"model"`
	Handsets []string `json:"handsets"` // keys
	Owed     int      `json:"owed"`     // jobs, by each build that they run
}

// Shares says which handsets of a run share what they owe. In runs of before
// that was recorded none does.
func (r Record) Shares() []Sharing {
	if len(r.Models) > 0 {
		return r.Models
	}
	var all []Sharing
	for _, h := range r.Handsets {
		all = append(all, Sharing{h.Brand, h.Model, []string{h.Key}, r.Repeat * len(r.Scenarios)})
	}
	return all
}

// ModelName is a model as runs compare it: people write the letters of a brand small and
// large.
func ModelName(brand, model string) string { return strings.ToLower(brand) + " " + model }
