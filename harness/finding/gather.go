package finding

import (
	"fmt"
	"strings"

	"assay/harness/android"
	"assay/harness/evidence"
)

// gathered joins answers that say the same of the same package, whose grounds
// then stand together, in the order in which they were first given.
type gathered struct {
	findings []Finding
	index    map[string]int
}

func (g *gathered) add(v Verdict, p android.Package, ref evidence.Ref, format string, args ...any) {
	g.cite(v, p, []evidence.Ref{ref}, format, args...)
}

// cite adds an answer with several grounds.
func (g *gathered) cite(v Verdict, p android.Package, refs []evidence.Ref, format string, args ...any) {
	f := answer(v, p, refs, format, args...)
	key := fmt.Sprintf("%d\x00%s\x00%s", v, p, f.Detail)
	if i, ok := g.index[key]; ok {
		g.findings[i].Grounds = thinned(append(g.findings[i].Grounds, refs...))
		return
	}
	if g.index == nil {
		g.index = map[string]int{}
	}
	g.index[key] = len(g.findings)
	g.findings = append(g.findings, f)
}

// untouched says whether an attempt only waited: no step of it opens or touches
// an app. What an app did then, it did by itself.
func untouched(c *Case) bool {
	waited := false
	for _, s := range c.steps() {
		switch s.Verb {
		case "wait", "idle":
			waited = true
		case "home", "stop", "wait-for":
		default:
			return false
		}
	}
	return waited
}

// short drops Android's own prefix from a permission's name.
func short(p android.Permission) string {
	return strings.TrimPrefix(string(p), "android.permission.")
}
