package farm_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"assay/harness/farm"
)

func TestAHandsetIsHeldAtOneLimitAndLetGoAtAnother(t *testing.T) {
	type read = farm.Vitals
	percent := func(n int) read { return read{Battery: &n} }
	degrees := func(c float64) read { return read{Temperature: &c} }
	free := func(mib int64) read { n := mib << 20; return read{Free: &n} }
	battery, heat, storage := []farm.Reason{farm.HeldBattery}, []farm.Reason{farm.HeldHeat}, []farm.Reason{farm.HeldStorage}
	var none []farm.Reason
	own := farm.Hold{BatteryHold: 50, BatteryRelease: 60}
	for name, c := range map[string]struct {
		limits farm.Hold
		was    []farm.Reason
		now    farm.Vitals
		want   []farm.Reason
	}{
		"battery at the limit":            {farm.Hold{}, none, percent(20), none},
		"battery below it":                {farm.Hold{}, none, percent(19), battery},
		"battery above it, but held":      {farm.Hold{}, battery, percent(29), battery},
		"battery charged enough":          {farm.Hold{}, battery, percent(30), none},
		"an empty battery is a reading":   {farm.Hold{}, none, percent(0), battery},
		"hot":                             {farm.Hold{}, none, degrees(45), heat},
		"nearly hot":                      {farm.Hold{}, none, degrees(44.9), none},
		"cooling":                         {farm.Hold{}, heat, degrees(40.1), heat},
		"cool":                            {farm.Hold{}, heat, degrees(40), none},
		"full":                            {farm.Hold{}, none, free(499), storage},
		"still rather full":               {farm.Hold{}, storage, free(799), storage},
		"room again":                      {farm.Hold{}, storage, free(800), none},
		"what is not known holds no more": {farm.Hold{}, none, read{}, none},
		"and lets nothing go":             {farm.Hold{}, battery, read{}, battery},
		"one goes, another comes":         {farm.Hold{}, battery, read{Battery: percent(80).Battery, Temperature: degrees(50).Temperature}, heat},
		"limits of its own":               {own, none, percent(49), battery},
		"others stay the default":         {own, none, degrees(45), heat},
	} {
		t.Run(name, func(t *testing.T) { assert.Equal(t, c.want, c.limits.After(c.was, c.now)) })
	}
}
