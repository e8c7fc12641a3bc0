package observe

import (
	"reflect"
	"testing"

	"github.com/stretchr/testify/assert"
)

// TestEveryFactOfWhatRunsUnseenIsGolden fails on a field of these facts that is
// empty in every golden case: nobody would notice that it is never read.
func TestEveryFactOfWhatRunsUnseenIsGolden(t *testing.T) {
	filled := map[string]bool{}
	for _, p := range Parsers {
		for name, body := range samplesOf(t, p.Source) {
			all, _ := readAll(t, p.Source, name, body)
			for _, s := range all {
				v := reflect.ValueOf(s.Fact)
				if v.Kind() != reflect.Struct {
					continue
				}
				for i := range v.NumField() {
					if !v.Field(i).IsZero() {
						filled[v.Type().Name()+"."+v.Type().Field(i).Name] = true
					}
				}
			}
		}
	}
	for _, f := range []Fact{
		AccessibilityService{}, Alarm{}, AlarmTotal{}, BinderCall{}, CheckedIn{}, CheckedInUser{}, ContentCall{}, Delivery{}, DeviceAdmin{}, Job{}, PowerAllow{},
		ImageExemption{}, ImagePermission{}, Receiver{}, SensorPrivacy{}, Service{}, ServiceProcess{}, ServiceStart{}, Standby{}, UIDPermission{}, UsageEvent{}, UsageTotal{},
	} {
		of := reflect.TypeOf(f)
		for i := range of.NumField() {
			name := of.Name() + "." + of.Field(i).Name
			assert.True(t, filled[name], name)
		}
	}
}
