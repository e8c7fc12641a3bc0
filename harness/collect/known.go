package collect

import "fmt"

// Need is one thing that a handset must offer before there is a point in asking.
type Need struct {
	Type string // service, feature, file, command, option: what fact.Capability calls it
	Name string
}

// Known is what is known of a handset before it is asked. It only saves
// questions: what is not known is asked.
type Known struct {
	// Lacks gives the reason why the handset cannot have what is needed, or "". It
	// may be nil.
	Lacks   func(Need) string
	refused map[string]string
}

// lacks gives the reason why one of the needs cannot be met, or "".
func (k *Known) lacks(needs []Need) string {
	if k == nil || k.Lacks == nil {
		return ""
	}
	for _, n := range needs {
		if why := k.Lacks(n); why != "" {
			return why
		}
	}
	return ""
}

// refusal gives what the handset said to a form earlier, or "".
func (k *Known) refusal(c Collector, form int) string {
	if k == nil {
		return ""
	}
	return k.refused[formKey(c, form)]
}

// remember keeps the forms that a handset refused before it answered another.
// Where it answered none, the next time may be better: a service that starts
// again is unknown for a moment.
func (k *Known) remember(c Collector, refused map[int]string) {
	if k == nil {
		return
	}
	if k.refused == nil {
		k.refused = map[string]string{}
	}
	for form, said := range refused {
		k.refused[formKey(c, form)] = "refused earlier in this run: " + said
	}
}

func formKey(c Collector, form int) string { return fmt.Sprint(c.Name, " ", form) }
