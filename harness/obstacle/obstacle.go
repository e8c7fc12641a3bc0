// Package obstacle knows what handsets keep from adb's shell: by what they say,
// whether that is a setting of the handset or what Android does everywhere, and
// what a person can do about it. What it knows is data, in obstacles.yaml.
package obstacle

import (
	_ "embed"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"assay/harness/strict"
)

// Row is one thing that handsets keep from the shell.
type Row struct {
	Name     string   `yaml:"name"`     // of the switch, as the handset shows it, or of what is kept
	Makers   []string `yaml:"makers"`   // in lower case, as ro.product.manufacturer or ro.product.brand has them; none: any
	Releases string   `yaml:"releases"` // in words; empty: not known
	Blocks   []string `yaml:"blocks"`   // permissions without android.permission., or a word of others
	Says     []string `yaml:"says"`     // patterns of what the handset says
	Silent   bool     `yaml:"silent"`   // it can also say nothing, and do nothing
	Look     *Look    `yaml:"look"`     // by which it is seen beforehand; nil: by nothing
	Remedy   string   `yaml:"remedy"`   // empty: there is none
	Effect   string   `yaml:"effect"`   // of it, or of its remedy, on what is measured
	Source   string   `yaml:"source"`   // the kind of it
	// Confidence is high, medium or low.
	Confidence string `yaml:"confidence"`

	says []*regexp.Regexp
}

// Look is a property or a setting that shows an obstacle, without changing anything.
type Look struct {
	Property string   `yaml:"property"`
	Setting  []string `yaml:"setting"` // namespace and key
	Refuses  []string `yaml:"refuses"` // values by which the obstacle is there; "": not set
	Only     string   `yaml:"only"`    // a property without which the look tells nothing; empty: none
}

// others are what a row blocks beside permissions.
var others = []string{
	"app", "background", "connection", "disable", "install", "intent", "log", "network", "notification", "screen", "type", "users",
}

// natural is something that Android itself says no to.
type natural struct {
	Says  string `yaml:"says"`
	About string `yaml:"about"`

	says *regexp.Regexp
}

//go:embed obstacles.yaml
var text []byte

const file = "obstacles.yaml"

// table is what obstacles.yaml holds.
type table struct {
	Held      []string  `yaml:"held"`
	Android   []natural `yaml:"android"`
	Obstacles []Row     `yaml:"obstacles"`
}

// known is the table that the binary carries; a test lints it.
var known = must(read(file, text))

func must(t table, err error) table {
	if err != nil {
		panic(err)
	}
	return t
}

func read(name string, raw []byte) (table, error) {
	var t table
	if err := strict.Decode(name, raw, &t); err != nil {
		return t, err
	}
	for i := range t.Android {
		n := &t.Android[i]
		var err error
		if n.says, err = regexp.Compile(n.Says); err != nil {
			return t, fmt.Errorf("%s: %w", name, err)
		}
	}
	for i := range t.Obstacles {
		r := &t.Obstacles[i]
		for _, s := range r.Says {
			says, err := regexp.Compile(s)
			if err != nil {
				return t, fmt.Errorf("%s: %s: %w", name, r.Name, err)
			}
			r.says = append(r.says, says)
		}
	}
	return t, nil
}

// Of gives the rows of a handset's maker, by any of its names, and those of every
// maker after them.
func Of(makers ...string) []Row {
	var own, all []Row
	for _, r := range known.Obstacles {
		switch {
		case len(r.Makers) == 0:
			all = append(all, r)
		case r.by(makers):
			own = append(own, r)
		}
	}
	return append(own, all...)
}

func (r Row) by(makers []string) bool {
	return slices.ContainsFunc(makers, func(m string) bool { return slices.Contains(r.Makers, strings.ToLower(strings.TrimSpace(m))) })
}

// matches says whether a handset's words are those of the row.
func (r Row) matches(said string) bool {
	return slices.ContainsFunc(r.says, func(p *regexp.Regexp) bool { return p.MatchString(said) })
}
