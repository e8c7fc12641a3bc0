package fault

import (
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"strings"
)

// Script is the faults that one handset is to have, by when they begin.
type Script []Fault

// chanceOfFault is between how many steps a fault comes, on average.
const chanceOfFault = 4

// Chaos is a script of faults for a handset that is used for so many steps, which
// here are services: at some boundaries between them something goes wrong, or in
// a service after some bytes of its output. Every fault ends by itself or touches
// one command, so that a handset that is given time can be used again. The same
// seed and steps give the same script.
func Chaos(seed uint64, steps int) Script {
	r := rand.New(rand.NewPCG(seed, uint64(steps)))
	var s Script
	for step := range max(steps, 0) {
		if r.IntN(chanceOfFault) == 0 {
			s = append(s, chance(r, step+1))
		}
	}
	return s
}

// ChaosOf is a script for the handset with a serial, so that those of a farm have
// scripts of their own by one seed.
func ChaosOf(seed uint64, serial string, steps int) Script {
	f := fnv.New64a()
	f.Write([]byte(serial))
	return Chaos(seed^f.Sum64(), steps)
}

// chance is any fault at a step.
func chance(r *rand.Rand, step int) Fault {
	row := table[r.IntN(len(table))]
	f, err := Parse(row.Forms[r.IntN(len(row.Forms))])
	if err != nil {
		panic(err) // the forms of the rows are tested
	}
	f.After, f.Skip = step, 0
	if row.class != onCommand || f.Kind == Climb {
		f.Match = "" // what matters is when
	}
	if row.class == onStream || row.class == onCommand {
		f.Times = 1
	}
	if f.AfterBytes > 0 && f.Kind != Full || row.class == onList && r.IntN(3) == 0 {
		f.AfterBytes = r.Int64N(4096)
	}
	return f
}

// String is the script, a fault a line, each as Parse reads it.
func (s Script) String() string {
	var text strings.Builder
	for _, f := range s {
		fmt.Fprintln(&text, f)
	}
	return text.String()
}
