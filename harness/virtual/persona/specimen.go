package persona

import (
	"embed"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"
	"time"

	"assay/harness/strict"
)

//go:embed specimens
var specimenFiles embed.FS

// App is one specimen, as its file in specimens/ describes it. Specimens are
// ours: what they do is invented, and says nothing about any maker's app.
type App struct {
	Name       string             `yaml:"package"` // specimen.weather
	About      string             `yaml:"about"`
	Label      string             `yaml:"label"` // what the launcher shows
	Roles      []string           `yaml:"roles"` // android.app.role.* that it takes where the persona names no holder
	Path       string             `yaml:"path"`  // of the APK, by Android's newest layout
	Version    string             `yaml:"version"`
	Code       int64              `yaml:"code"`
	Launcher   string             `yaml:"launcher"`   // class of the launchable activity; empty: none
	Requests   []string           `yaml:"requests"`   // permissions of its manifest
	Privileged []string           `yaml:"privileged"` // granted by privapp-permissions
	Intents    []Filter           `yaml:"intents"`    // what it resolves beside its launcher
	Services   []Component        `yaml:"services"`   // what others may bind
	Receivers  []Component        `yaml:"receivers"`  // what the system or others send to, beside the boot
	Providers  map[string]string  `yaml:"providers"`  // authority -> class
	Screen     []Widget           `yaml:"screen"`     // what its activity shows, from top to bottom
	Manners    map[string]*Manner `yaml:"manners"`
}

// Filter is one intent filter of an activity.
type Filter struct {
	Activity   string   `yaml:"activity"`
	Actions    []string `yaml:"actions"`
	Categories []string `yaml:"categories"`
	Schemes    []string `yaml:"schemes"`
	Types      []string `yaml:"types"`      // MIME types
	Permission string   `yaml:"permission"` // what a caller must hold; empty: nothing
}

// Component is a service or receiver of a specimen's manifest, by the intents that
// it answers.
type Component struct {
	Class      string   `yaml:"class"` // short for a class of the package's own, or in full
	Actions    []string `yaml:"actions"`
	Permission string   `yaml:"permission"` // what a caller must hold; empty: nothing
	Own        bool     `yaml:"own"`        // not exported: for its own app and the system alone
}

// Widget is one thing on a specimen's screen.
type Widget struct {
	ID    string `yaml:"id"`    // the part after :id/
	Class string `yaml:"class"` // android.widget.Button; empty: android.widget.TextView
	Text  string `yaml:"text"`
	Desc  string `yaml:"desc"` // content description
}

// Manner is one way of behaving: scripts, by what sets them off. Where it is the
// way in which an app is built that gives its user no say, it says so too.
type Manner struct {
	About  string              `yaml:"about"`
	Signer string              `yaml:"signer"`      // platform: signed as android is, so that Settings offers no Disable; empty: our own key
	Shared string              `yaml:"shared_user"` // android.uid.system: runs as the system, whose permissions nobody checks
	Holds  map[string][]string `yaml:"holds"`       // runtime permissions held from the first boot -> flags
	Launch []Action            `yaml:"launch"`
	Hidden []Action            `yaml:"hidden"` // when it leaves the screen
	Idle   []Chore             `yaml:"idle"`
	Taps   map[string][]Action `yaml:"taps"` // a widget's id -> what a tap on it does
}

// Chore is what an app does again and again, on screen or not, from the moment
// that the handset is switched on, until it is stopped by force.
type Chore struct {
	Every Span     `yaml:"every"`
	By    string   `yaml:"by"` // alarm, or job, which is no more often than each 15 minutes
	Do    []Action `yaml:"do"`
}

// Entry is what wakes the app for the chore: a broadcast for an alarm, the
// binding of a service for a job; and the class that takes it.
func (c Chore) Entry() (why, class string) {
	if c.By == "alarm" {
		return "broadcast", ".WakeReceiver"
	}
	return "service", ".RefreshJob"
}

// Action is one step of a script: exactly one of its fields is set.
type Action struct {
	Log     *LogAction     `yaml:"log"`
	Use     *UseAction     `yaml:"use"`
	Ask     *AskAction     `yaml:"ask"`
	Connect *ConnectAction `yaml:"connect"`
	Serve   *ServeAction   `yaml:"serve"`
	Sense   *SenseAction   `yaml:"sense"`
	Wait    *Span          `yaml:"wait"`
	Crash   *CrashAction   `yaml:"crash"`
}

// LogAction writes one line to the log. Its text may hold ${imei}, ${imsi},
// ${number}, ${icc_id}, ${serial}, ${android_id}, ${mac}.
type LogAction struct {
	Level string `yaml:"level"` // V D I W E; empty: I
	Tag   string `yaml:"tag"`
	Text  string `yaml:"text"`
}

// UseAction uses an app-op. Without the permission, or with the op's mode not
// allowing it, Android notes a rejection. An op that the release does not have
// is passed over.
type UseAction struct {
	Op      string `yaml:"op"`
	For     Span   `yaml:"for"`     // 0: at an instant
	Tag     string `yaml:"tag"`     // attribution tag, from Android 11
	Through string `yaml:"through"` // another specimen that does it in the app's name, from Android 6
}

// ServeAction starts a service of the app's own, which keeps its process from
// being cached while it runs.
type ServeAction struct {
	Class      string `yaml:"class"`      // in full, or short for a class of the package's own
	Foreground bool   `yaml:"foreground"` // with a notification: it may go on when its app has left the screen
	For        Span   `yaml:"for"`
}

// AskAction asks the user for a permission. From then on the script waits for the
// answer. Where the permission is held, or was refused for good, no dialog shows.
type AskAction struct {
	Permission string   `yaml:"permission"`
	Granted    []Action `yaml:"granted"`
	Refused    []Action `yaml:"refused"`
}

// SenseAction listens to one of the handset's sensors, for which no permission is
// wanted.
type SenseAction struct {
	Sensor string `yaml:"sensor"` // accelerometer, gyroscope, light, proximity
	For    Span   `yaml:"for"`
}

// sensorKinds are the sensors that every handset here has.
var sensorKinds = []string{"accelerometer", "gyroscope", "light", "proximity"}

// ConnectAction opens a TCP connection to a documentation address and moves bytes.
type ConnectAction struct {
	Host     string `yaml:"host"`
	IP       string `yaml:"ip"`
	Port     int    `yaml:"port"`
	Sent     int64  `yaml:"sent"`
	Received int64  `yaml:"received"`
	For      Span   `yaml:"for"` // how long it stays open; 0: 20 s
}

// CrashAction throws an exception that nobody catches.
type CrashAction struct {
	Exception string `yaml:"exception"`
	Message   string `yaml:"message"`
}

// Span is a time.Duration that YAML writes as 15m or 1.5s.
type Span time.Duration

// UnmarshalYAML reads a length of time as time.ParseDuration does.
func (d *Span) UnmarshalYAML(text []byte) error {
	parsed, err := time.ParseDuration(strings.Trim(strings.TrimSpace(string(text)), `"'`))
	if err != nil {
		return fmt.Errorf("duration %s: want a form such as 15m or 1.5s", text)
	}
	*d = Span(parsed)
	return nil
}

// Specimens reads the apps that the binary carries, by name.
var Specimens = sync.OnceValues(func() (map[string]*App, error) {
	entries, err := specimenFiles.ReadDir("specimens")
	if err != nil {
		return nil, fmt.Errorf("specimens: %w", err)
	}
	apps := map[string]*App{}
	for _, e := range entries {
		if path.Ext(e.Name()) != ".yaml" {
			continue
		}
		text, err := specimenFiles.ReadFile("specimens/" + e.Name())
		if err != nil {
			return nil, fmt.Errorf("specimen %s: %w", e.Name(), err)
		}
		a, err := loadSpecimen(e.Name(), text)
		if err != nil {
			return nil, err
		}
		apps[a.Name] = a
	}
	return apps, nil
})

// loadSpecimen reads one app and checks it.
func loadSpecimen(name string, text []byte) (*App, error) {
	a := &App{}
	if err := strict.Decode(name, text, a); err != nil {
		return nil, err
	}
	if want := strings.TrimSuffix(name, ".yaml"); a.Name != want || !strings.HasPrefix(a.Name, "specimen.") {
		return nil, fmt.Errorf("%s: package is %q, want %q", name, a.Name, want)
	}
	if _, ok := a.Manners["well-behaved"]; !ok {
		return nil, fmt.Errorf("%s: no manner well-behaved", name)
	}
	for _, m := range slices.Sorted(maps.Keys(a.Manners)) {
		if err := a.Manners[m].check(); err != nil {
			return nil, fmt.Errorf("%s: manner %s: %w", name, m, err)
		}
	}
	return a, nil
}

func (m *Manner) check() error {
	if m.Signer != "" && m.Signer != "platform" || m.Shared != "" && m.Shared != "android.uid.system" {
		return fmt.Errorf("signer %q, shared_user %q: want platform, android.uid.system, or none", m.Signer, m.Shared)
	}
	scripts := [][]Action{m.Launch, m.Hidden}
	for _, c := range m.Idle {
		if time.Duration(c.Every) < time.Second {
			return fmt.Errorf("idle: every %v is less than a second", time.Duration(c.Every))
		}
		if c.By != "alarm" && c.By != "job" {
			return fmt.Errorf("idle: by %q: want alarm or job", c.By)
		}
		if c.By == "job" && time.Duration(c.Every) < 15*time.Minute {
			return fmt.Errorf("idle: a job every %v: JobScheduler runs none more often than each 15 minutes", time.Duration(c.Every))
		}
		scripts = append(scripts, c.Do)
	}
	for _, id := range slices.Sorted(maps.Keys(m.Taps)) {
		scripts = append(scripts, m.Taps[id])
	}
	for _, s := range scripts {
		if err := checkScript(s); err != nil {
			return err
		}
	}
	return nil
}

func checkScript(script []Action) error {
	for i, d := range script {
		set := 0
		for _, is := range []bool{d.Log != nil, d.Use != nil, d.Ask != nil, d.Connect != nil, d.Serve != nil, d.Sense != nil, d.Wait != nil,
			d.Crash != nil} {
			if is {
				set++
			}
		}
		if set != 1 {
			return fmt.Errorf("step %d sets %d of log, use, ask, connect, serve, sense, wait, crash; want one", i+1, set)
		}
		if d.Use != nil && OpIndex(d.Use.Op) < 0 {
			return fmt.Errorf("step %d uses the unknown op %q", i+1, d.Use.Op)
		}
		if d.Use != nil && d.Use.Through != "" && !strings.HasPrefix(d.Use.Through, "specimen.") {
			return fmt.Errorf("step %d uses %s through %q, which is no specimen", i+1, d.Use.Op, d.Use.Through)
		}
		if d.Serve != nil && (d.Serve.Class == "" || d.Serve.For <= 0) {
			return fmt.Errorf("step %d starts a service without a class or for no time", i+1)
		}
		if d.Sense != nil && (!slices.Contains(sensorKinds, d.Sense.Sensor) || d.Sense.For <= 0) {
			return fmt.Errorf("step %d listens to the sensor %q for %v; there are %s", i+1, d.Sense.Sensor, time.Duration(d.Sense.For),
				strings.Join(sensorKinds, ", "))
		}
		if d.Ask != nil {
			if err := checkScript(append(slices.Clone(d.Ask.Granted), d.Ask.Refused...)); err != nil {
				return err
			}
		}
	}
	return nil
}
