package collect

import "time"

// dumpsysSensorservice: frameworks/native SensorService::dump. Its log is a ring
// of a few hundred registrations without dates, so it is asked before and after.
var dumpsysSensorservice = Collector{
	Name:  "dumpsys-sensorservice",
	When:  Before | After,
	Total: time.Minute,
	Needs: []Need{{"service", "sensorservice"}},
	Forms: []Form{{Argv: []string{"dumpsys", "sensorservice"}}},
	Whole: endsWithNewline,
}
