package collect

import "bytes"

// dumpsysJobscheduler: JobSchedulerService.dumpInternal, Android 5 to 16. Jobs
// come and go while a scenario plays, so it is asked before and after. ColorOS
// 11 prints the first line of each job alone; no option brings the rest.
var dumpsysJobscheduler = Collector{
	Name:  "dumpsys-jobscheduler",
	When:  Before | After,
	Needs: []Need{{"service", "jobscheduler"}},
	Forms: []Form{{Argv: []string{"dumpsys", "jobscheduler"}}},
	Whole: func(head, tail []byte) string {
		// mReadyToRock ends the dump up to Android 7, PersistStats from 8.
		if !bytes.Contains(tail, []byte("mReadyToRock=")) && !bytes.Contains(tail, []byte("PersistStats: ")) {
			return "the end of the dump is missing"
		}
		return endsWithNewline(head, tail)
	},
}
