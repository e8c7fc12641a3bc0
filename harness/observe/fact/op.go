package fact

import (
	"time"

	"assay/harness/android"
)

// OpMode is what an app-op is set to, for a package or for a whole UID.
type OpMode struct {
	UID        android.UID     `json:"uid"`
	Package    android.Package `json:"package,omitempty"` // empty for a mode of the UID
	Op         android.Op      `json:"op"`
	Mode       android.Mode    `json:"mode"`
	Switch     android.Op      `json:"switch,omitempty"` // the op whose mode decides
	SwitchMode android.Mode    `json:"switchMode,omitempty"`
}

func (OpMode) Kind() string { return "op-mode" }

// OpUse is the last time that a package used an op, or tried to, in one UID state.
type OpUse struct {
	UID      android.UID     `json:"uid"`
	Package  android.Package `json:"package"`
	Op       android.Op      `json:"op"`
	Tag      string          `json:"attributionTag,omitempty"` // from Android 11
	State    android.State   `json:"state,omitempty"`          // from Android 9
	Flag     string          `json:"flag,omitempty"`           // s, tp, up, tpd, upd; from Android 10
	Rejected bool            `json:"rejected"`
	Running  bool            `json:"running"`            // going on when dumped
	Local    string          `json:"time,omitempty"`     // handset's local time as printed, 2006-01-02 15:04:05.000; empty up to Android 8
	Ago      time.Duration   `json:"ago"`                // before the dump, from the +1h2m3s form; negative in the future
	Duration time.Duration   `json:"duration,omitempty"` // 0 where none is printed
	Proxy    string          `json:"proxy,omitempty"`    // as printed
}

func (OpUse) Kind() string { return "op-use" }

// OpAccess is one entry of the timeline of app-op uses. Android keeps it for some days, for the
// ops that it shows to its user: location, camera, microphone.
type OpAccess struct {
	UID      android.UID     `json:"uid"`
	Package  android.Package `json:"package"`
	Op       android.Op      `json:"op"`
	Tag      string          `json:"attributionTag,omitempty"`
	Device   string          `json:"deviceId,omitempty"` // from Android 15; a virtual device's, or default:0
	State    android.State   `json:"state"`
	Flag     string          `json:"flag"`     // s, tp, up, tpd, upd
	Local    string          `json:"time"`     // handset's local time, 2006-01-02 15:04:05.000; rounded to a minute up to Android 15
	Duration time.Duration   `json:"duration"` // rounded up to a minute up to Android 15; Unsaid where the use had none
	Chain    int64           `json:"chainId"`  // joins the links of one use through proxies; -1 for none
}

func (OpAccess) Kind() string { return "op-access" }
