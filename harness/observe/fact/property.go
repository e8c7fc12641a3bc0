package fact

// Property is one entry of getprop. The value may span lines.
type Property struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

func (Property) Kind() string { return "property" }

// ImageProperty is one entry of a build.prop, a file of the image. The handset may answer with
// another value, since init sets properties from many places. So it is no Property, and nothing
// is judged by it.
type ImageProperty struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

func (ImageProperty) Kind() string { return "image-property" }

// Setting is one entry of settings list.
type Setting struct {
	Namespace string `json:"namespace"` // global, secure, system
	Key       string `json:"key"`
	Value     string `json:"value"`
}

func (Setting) Kind() string { return "setting" }

// DeviceConfig is one flag that the maker of the system can change from afar.
type DeviceConfig struct {
	Namespace string `json:"namespace"`
	Key       string `json:"key"`
	Value     string `json:"value"`
}

func (DeviceConfig) Kind() string { return "device-config" }

// BatteryValue is one line of dumpsys battery.
type BatteryValue struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

func (BatteryValue) Kind() string { return "battery" }
