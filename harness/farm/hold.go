package farm

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Reason is why a handset is held: not at fault, only not fit to be measured
// just now.
type Reason string

// Reasons, in the order in which they are told.
const (
	HeldBattery Reason = "battery"
	HeldHeat    Reason = "heat"
	HeldStorage Reason = "storage"
)

// Hold is when a handset is held and when it is let go again. The two of a pair
// lie apart, so that a handset at the limit does not go back and forth. Zero
// means the default.
type Hold struct {
	BatteryHold    int     `yaml:"battery_hold"`    // percent; held below; 20
	BatteryRelease int     `yaml:"battery_release"` // percent; let go from; 30
	HeatHold       float64 `yaml:"heat_hold"`       // °C of the battery; held from; 45
	HeatRelease    float64 `yaml:"heat_release"`    // °C; let go up to; 40
	StorageHold    int     `yaml:"storage_hold"`    // MiB free in /data; held below; 500
	StorageRelease int     `yaml:"storage_release"` // MiB; let go from; 800
}

// DefaultHold is the limits of a handset for which devices.yaml gives none.
// Lithium cells age fast over 45 °C, and Android itself throttles near there;
// under 500 MiB it begins to delete caches, which are evidence.
var DefaultHold = Hold{BatteryHold: 20, BatteryRelease: 30, HeatHold: 45, HeatRelease: 40, StorageHold: 500, StorageRelease: 800}

// Or fills what is not set from other limits.
func (h Hold) Or(other Hold) Hold {
	return Hold{
		cmp.Or(h.BatteryHold, other.BatteryHold), cmp.Or(h.BatteryRelease, other.BatteryRelease),
		cmp.Or(h.HeatHold, other.HeatHold), cmp.Or(h.HeatRelease, other.HeatRelease),
		cmp.Or(h.StorageHold, other.StorageHold), cmp.Or(h.StorageRelease, other.StorageRelease),
	}
}

// After says why a handset is held that was held for some reasons, and now has
// these vitals. What is not known changes nothing.
func (h Hold) After(held []Reason, v Vitals) []Reason {
	h = h.Or(DefaultHold)
	var now []Reason
	keep := func(r Reason, over, fine bool) {
		if over || !fine && slices.Contains(held, r) {
			now = append(now, r)
		}
	}
	keep(HeldBattery, v.Battery != nil && *v.Battery < h.BatteryHold, v.Battery != nil && *v.Battery >= h.BatteryRelease)
	keep(HeldHeat, v.Temperature != nil && *v.Temperature >= h.HeatHold, v.Temperature != nil && *v.Temperature <= h.HeatRelease)
	keep(HeldStorage, v.Free != nil && *v.Free < mib(h.StorageHold), v.Free != nil && *v.Free >= mib(h.StorageRelease))
	return now
}

func mib(n int) int64 { return int64(n) << 20 }

// why tells an operator why a handset is held, and what ends it.
func (h Hold) why(held []Reason, v Vitals) (cause, remedy string) {
	h = h.Or(DefaultHold)
	var causes, remedies []string
	for _, r := range held {
		switch r {
		case HeldBattery:
			causes = append(causes, "battery at "+shown(v.Battery, "%d %%"))
			remedies = append(remedies, fmt.Sprintf("let it charge to %d %%", h.BatteryRelease))
		case HeldHeat:
			causes = append(causes, "battery at "+shown(v.Temperature, "%.1f °C"))
			remedies = append(remedies, fmt.Sprintf("let it cool to %.1f °C", h.HeatRelease))
		case HeldStorage:
			causes = append(causes, shown(inMiB(v.Free), "%d MiB")+" free in /data")
			remedies = append(remedies, fmt.Sprintf("free %d MiB of /data", h.StorageRelease))
		}
	}
	return strings.Join(causes, ", "), strings.Join(remedies, ", ")
}

func inMiB(bytes *int64) *int64 {
	if bytes == nil {
		return nil
	}
	n := *bytes >> 20
	return &n
}

// shown prints a reading, or says that there is none.
func shown[T any](reading *T, format string) string {
	if reading == nil {
		return "an unknown level"
	}
	return fmt.Sprintf(format, *reading)
}

// problems finds limits that contradict each other.
func (h Hold) problems() []string {
	h = h.Or(DefaultHold)
	var found []string
	if h.BatteryHold < 1 || h.BatteryRelease > 100 || h.BatteryHold >= h.BatteryRelease {
		found = append(
			found,
			fmt.Sprintf("battery_hold %d and battery_release %d: want 0 < hold < release <= 100", h.BatteryHold, h.BatteryRelease),
		)
	}
	if h.HeatHold <= h.HeatRelease || h.HeatRelease <= 0 || h.HeatHold > 80 {
		found = append(found, fmt.Sprintf("heat_hold %.1f and heat_release %.1f: want 0 < release < hold <= 80", h.HeatHold, h.HeatRelease))
	}
	if h.StorageHold < 1 || h.StorageHold >= h.StorageRelease {
		found = append(found, fmt.Sprintf("storage_hold %d and storage_release %d: want 0 < hold < release", h.StorageHold, h.StorageRelease))
	}
	return found
}
