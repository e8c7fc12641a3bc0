package device

import (
	"encoding/json"
	"time"

	"assay/harness/observe/fact"
	"assay/harness/observe/printout"
)

// AndroidqfAcquisition reads androidqf's record of its own acquisition.
var AndroidqfAcquisition = printout.Parser{
	Source: "androidqf-acquisition",
	Parse:  parseAndroidqfAcquisition,
	Needs:  "acquisition.json of androidqf (acquisition/acquisition.go, StoreInfo), whatever the handset's release; from source only",
}

// parseAndroidqfAcquisition reads when androidqf began and ended, by the clock of the computer
// that it ran on. Its folder on that computer, and whose keys it used, are passed over.
func parseAndroidqfAcquisition(in printout.Input, emit printout.Emit) error {
	var a fact.Acquisition
	uuid := "" // each acquisition has one
	printout.WalkJSON(in.Lines, func(e *printout.JSONEvent) printout.JSONMark {
		if len(e.Path) == 0 {
			switch {
			case e.Token == json.Delim('}') && uuid != "" && !a.Started.IsZero():
				emit(a, e.Whole)
			case e.Token != json.Delim('{') && e.Token != json.Delim('}'):
				return printout.JSONLost
			}
			return printout.JSONTake
		}
		switch key := e.Path[0]; {
		case len(e.Path) > 1, qfAcquisitionKeys[key]:
			return printout.JSONPass
		case key == "uuid":
			return printout.JSONText(e, &uuid)
		case key == "started":
			return momentOf(e, &a.Started)
		case key == "completed":
			return momentOf(e, &a.Completed)
		case key == "androidqf_version":
			return printout.JSONText(e, &a.Version)
		}
		return printout.JSONLost
	})
	return nil
}

var qfAcquisitionKeys = map[string]bool{
	"adb_host_key": true, "adb_host_public_key": true, "apks_path": true, "collector": true, "cpu": true, "device": true, "logs_path": true,
	"sdcard": true, "storage_path": true, "streaming_mode": true, "tmp_dir": true,
}

// momentOf reads a time as Go writes it, in UTC. Go's zero time is no time.
func momentOf(e *printout.JSONEvent, to *time.Time) printout.JSONMark {
	s, ok := e.Token.(string)
	at, err := time.Parse(time.RFC3339Nano, s)
	if !ok || err != nil {
		return printout.JSONLost
	}
	if at.Year() > 1 {
		*to = at.UTC()
	}
	return printout.JSONTake
}
