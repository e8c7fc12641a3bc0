package finding

import "assay/harness/observe/fact"

// derived is what several rules look at, worked out once a case. Judge
// begins it anew: facts may have been added since the case was judged before.
type derived struct {
	roster *roster
	window *window
	steps  []fact.Step
	uses   []use

	accesses []access
}

// who says which package a UID or a process of the case belongs to.
func (c *Case) who() *roster {
	if c.derived.roster == nil {
		c.derived.roster = newRoster(c)
	}
	return c.derived.roster
}

// window is the time of the case's attempt.
func (c *Case) window() *window {
	if c.derived.window == nil {
		w := newWindow(c)
		c.derived.window = &w
	}
	return c.derived.window
}

// steps lists what the harness did in the case's attempt.
func (c *Case) steps() []fact.Step {
	if c.derived.steps == nil {
		c.derived.steps = stepsOf(c)
	}
	return c.derived.steps
}

// uses lists the uses of ops that the case is about.
func (c *Case) uses() []use {
	if c.derived.uses == nil {
		c.derived.uses = usesOf(c)
	}
	return c.derived.uses
}

// accesses lists the uses that the case is about, those that are one access joined.
func (c *Case) accesses() []access {
	if c.derived.accesses == nil {
		c.derived.accesses = accessesOf(c)
	}
	return c.derived.accesses
}
