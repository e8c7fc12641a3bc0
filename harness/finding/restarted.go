package finding

import (
	"assay/harness/evidence"
	"assay/harness/observe/fact"
)

// systemServer is the process in which Android's services live, as ps names it.
const systemServer = "system_server"

// restarted gives an Unknown finding where Android's services were started anew
// while a case's scenario was played: apps ended with them, and what the services
// had not yet written (the last uses of app-ops, say) is lost, so that what was
// not observed may have happened. Where ps was asked and does not show the process
// on both sides, nobody knows. A scenario that does not collect ps is not asked, nor are
// print-outs that others took.
func restarted(c *Case) []Finding {
	if c.Scenario == evidence.Imported {
		return nil // one look: no steps lie between two
	}
	var asked []Covered
	for _, v := range c.Coverage {
		if v.Source == "ps" && (v.Phase == evidence.Before || v.Phase == evidence.After) {
			asked = append(asked, v)
		}
	}
	if len(asked) == 0 {
		return nil
	}
	before, after := c.processNamed(systemServer, evidence.Before), c.processNamed(systemServer, evidence.After)
	switch {
	case before.PID == 0 || after.PID == 0:
		var grounds []evidence.Ref
		for _, v := range asked {
			grounds = append(grounds, v.Ref)
		}
		return []Finding{unknown("", grounds, "ps: it could not be told whether Android's services were restarted")}
	case before.PID != after.PID:
		return []Finding{
			unknown(
				"",
				[]evidence.Ref{before.ref, after.ref},
				"ps: Android's services were restarted while the scenario was played: %s was process %d, and then %d",
				systemServer,
				before.PID,
				after.PID,
			),
		}
	}
	return nil
}

type processRef struct {
	fact.Process
	ref evidence.Ref
}

// processNamed is the first process of a name that the attempt's ps shows in a
// phase; its PID is 0 where there is none.
func (c *Case) processNamed(name string, at evidence.Phase) processRef {
	for p, o := range fact.Of[fact.Process](c.Observations) {
		if p.Name == name && o.Phase == at {
			return processRef{p, o.Ref}
		}
	}
	return processRef{}
}
