package fault

import "assay/harness/virtual/persona"

// Steps by which faults change the battery with each service.
const (
	heatStep  = 15 // tenths of a degree
	drainStep = 5  // percent
)

// Battery is a battery with what faults do to it.
func (b *Box) Battery(of persona.Battery) persona.Battery {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, f := range b.faults {
		if !f.begun {
			continue
		}
		switch f.Kind {
		case Heat:
			of.Temperature += f.ramp(heatStep, max(int(f.Count)-of.Temperature, 0), b.opened)
		case Drain:
			of.Level -= f.ramp(drainStep, max(of.Level-int(f.Count), 0), b.opened)
		}
	}
	return of
}

// ramp is how far something has come that goes by a step with each service, up
// to most, and back again once the fault is over.
func (f *pending) ramp(step, most, opened int) int {
	if !f.over {
		return min(step*(opened-f.at+1), most)
	}
	return max(min(step*(f.ended-f.at+1), most)-step*(opened-f.ended+1), 0)
}
