package main

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/assert"

	"assay/harness/evidence"
	"assay/harness/lab"
)

func TestCoverageTellsOnceWhyAnEarlierFormIsNotTheOneThatAnswered(t *testing.T) {
	var out bytes.Buffer
	a := &app{out: &out}
	seen := func(source, instead string) lab.Seen {
		return lab.Seen{Capture: evidence.Capture{Source: source, Instead: instead}}
	}
	a.passedOver([]lab.Seen{seen("ps", "unknown option \x1b -A"), seen("getprop", ""), seen("ps", "unknown option \x1b -A"), seen("ps", "refused earlier in this run: no")})
	assert.Equal(t, "ps: not asked in an earlier form, or not answered: unknown option \\x1b -A\n"+
		"ps: not asked in an earlier form, or not answered: refused earlier in this run: no\n", out.String())
}
