package persona

import (
	"fmt"
	"time"
	_ "time/tzdata" // a lab host may have none
)

// Persona is one virtual handset, as its YAML file in personas/ describes it.
// Facts about a maker's packages come from that maker's published firmware; what
// no source gives is listed under Assumed. Only specimens behave.
type Persona struct {
	Name    string   `yaml:"name"`    // the file's name without .yaml: motorola-moto-e22
	About   string   `yaml:"about"`   // one line
	Sources []string `yaml:"sources"` // where the facts come from: image fingerprint, dump and commit
	Assumed []string `yaml:"assumed"` // what no source gives, and where the image is of another release

	Brand      string                       `yaml:"brand"` // as devices.yaml writes it
	Release    string                       `yaml:"release"`
	SDK        int                          `yaml:"sdk"`
	Identity   Identity                     `yaml:"identity"`
	Properties map[string]string            `yaml:"properties"` // getprop; values may span lines
	Roles      map[string]string            `yaml:"roles"`      // android.app.role.* -> package, from Android 10
	Settings   map[string]map[string]string `yaml:"settings"`   // namespace -> key -> value
	Battery    Battery                      `yaml:"battery"`
	Denies     []string                     `yaml:"denies"` // dumpsys services that refuse the shell: "appops"
	Lacks      []string                     `yaml:"lacks"`  // dumpsys services that its build does not have: "device_policy"
	Users      []int                        `yaml:"users"`  // Android users; empty: only 0

	Packages  []Package  `yaml:"packages"`  // the maker's, from its firmware; at least 60
	Specimens []Specimen `yaml:"specimens"` // ours, which behave
}

// Identity is what makes one handset itself. All values are made up.
type Identity struct {
	Serial    string `yaml:"serial"`
	IMEI      string `yaml:"imei"`       // 15 digits, Luhn
	IMSI      string `yaml:"imsi"`       // 15 digits; empty: no SIM
	Number    string `yaml:"number"`     // +91…; empty: no SIM
	ICCID     string `yaml:"icc_id"`     // the SIM's, 19 or 20 digits, Luhn; empty: made from IMSI and IMEI
	AndroidID string `yaml:"android_id"` // 16 hex digits
	MAC       string `yaml:"mac"`        // wlan0
	BootID    string `yaml:"boot_id"`    // /proc/sys/kernel/random/boot_id
	Clock     string `yaml:"clock"`      // RFC 3339 with zone: what the handset's clock says when it is switched on for the run
	Zone      string `yaml:"zone"`       // persist.sys.timezone: Asia/Kolkata
	Locale    string `yaml:"locale"`     // persist.sys.locale: en-IN
}

// Namespaces are those of the settings provider.
var Namespaces = []string{"system", "secure", "global"}

// SwitchedOn reads the identity's clock and zone: when the handset is switched on for
// the run, and where.
func (id Identity) SwitchedOn() (time.Time, *time.Location, error) {
	at, err := time.Parse(time.RFC3339Nano, id.Clock)
	if err != nil {
		return time.Time{}, nil, fmt.Errorf("clock %q: %w", id.Clock, err)
	}
	zone, err := time.LoadLocation(id.Zone)
	if err != nil {
		return time.Time{}, nil, fmt.Errorf("zone %q: %w", id.Zone, err)
	}
	return at, zone, nil
}

// Battery is what dumpsys battery prints.
type Battery struct {
	Level       int  `yaml:"level"`       // percent
	Temperature int  `yaml:"temperature"` // tenths of a degree Celsius
	USB         bool `yaml:"usb"`         // powered by the cable
}

// Package is one package of the image. Permission names without a dot stand for
// android.permission.NAME.
type Package struct {
	Name       string              `yaml:"name"`
	Path       string              `yaml:"path"`        // of the APK on the handset: /product/priv-app/X/X.apk
	Version    string              `yaml:"version"`     // versionName
	Code       int64               `yaml:"code"`        // versionCode; 0: made from the name
	SharedUser string              `yaml:"shared_user"` // android.uid.system
	Signer     string              `yaml:"signer"`      // platform, shared, media, maker …; empty: its own
	UID        int                 `yaml:"uid"`         // appId; 0: dealt out in order from 10000, or the shared user's
	Target     int                 `yaml:"target"`      // targetSdk; 0: the handset's
	Launcher   string              `yaml:"launcher"`    // class of the launchable activity; empty: none
	Requests   []string            `yaml:"requests"`    // permissions of its manifest
	Privileged []string            `yaml:"privileged"`  // granted by the image's privapp-permissions; [requests]: all that it requests
	Runtime    map[string][]string `yaml:"runtime"`     // runtime permissions held from the first boot -> flags
	Defines    map[string]string   `yaml:"defines"`     // permissions it defines -> protection
	Updated    string              `yaml:"updated"`     // code path of an update in /data/app; the image's copy is then hidden
	Source     string              `yaml:"source"`      // which file says so, where it is not the persona's main image
}

// Specimen puts one of our own apps on the handset and says how it behaves.
type Specimen struct {
	App    string `yaml:"app"`    // specimens/APP.yaml: specimen.weather
	Manner string `yaml:"manner"` // one of that app's manners: well-behaved, background-location …
}
