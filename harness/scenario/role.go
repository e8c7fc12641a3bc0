package scenario

import "assay/harness/android"

// role is what an app is for, in one word, and how a handset leads to the app.
type role struct {
	name    string
	holder  string   // android.app.role.* (frameworks/base core …/app/role/RoleManager.java), from Android 10
	setting string   // of settings secure: a package or a component
	intents []Intent // what a launcher or another app sends to get there, the best first
	words   []string // in a launchable preinstalled package's name, the best first
}

// main is the intent that opens an app by its category (frameworks/base core
// …/content/Intent.java, CATEGORY_APP_*).
func main(category string) Intent {
	return Intent{Action: "android.intent.action.MAIN", Category: "android.intent.category." + category}
}

// roles is the catalogue, by name. Android has no notion of weather before
// release 14, nor of files before 10: there the words decide.
var roles = []role{
	{
		name: "assistant", holder: "android.app.role.ASSISTANT", setting: "assistant",
		intents: []Intent{{Action: "android.intent.action.ASSIST"}},
	},
	{
		name: "browser", holder: "android.app.role.BROWSER",
		intents: []Intent{
			{Action: "android.intent.action.VIEW", Category: "android.intent.category.BROWSABLE", Data: "http://example.invalid"},
			main("APP_BROWSER"),
		},
		words: []string{"browser", "chrome"},
	},
	{name: "calculator", intents: []Intent{main("APP_CALCULATOR")}, words: []string{"calculator"}},
	{name: "calendar", intents: []Intent{main("APP_CALENDAR")}, words: []string{"calendar"}},
	{
		name:    "camera",
		intents: []Intent{{Action: "android.media.action.STILL_IMAGE_CAMERA"}, {Action: "android.media.action.IMAGE_CAPTURE"}},
		words:   []string{"camera"},
	},
	{
		name:    "clock",
		intents: []Intent{{Action: "android.intent.action.SHOW_ALARMS"}, {Action: "android.intent.action.SET_ALARM"}},
		words:   []string{"deskclock", "clock", "alarm"},
	},
	{name: "contacts", intents: []Intent{main("APP_CONTACTS")}, words: []string{"contacts"}},
	{
		name: "dialer", holder: "android.app.role.DIALER", setting: "dialer_default_application",
		intents: []Intent{{Action: "android.intent.action.DIAL"}},
		words:   []string{"dialer", "incallui", "phone"},
	},
	{
		name:    "email",
		intents: []Intent{main("APP_EMAIL"), {Action: "android.intent.action.SENDTO", Data: "mailto:nobody@example.invalid"}},
		words:   []string{"email", "mail"},
	},
	{name: "files", intents: []Intent{main("APP_FILES")}, words: []string{"filemanager", "myfiles", "fileexplorer", "files", "documentsui"}},
	{name: "gallery", intents: []Intent{main("APP_GALLERY")}, words: []string{"gallery", "album", "photos"}},
	{name: "home", holder: "android.app.role.HOME", intents: []Intent{main("HOME")}},
	{name: "keyboard", setting: "default_input_method"},
	{name: "maps", intents: []Intent{main("APP_MAPS")}, words: []string{"maps"}},
	{
		name: "messages", holder: "android.app.role.SMS", setting: "sms_default_application",
		intents: []Intent{main("APP_MESSAGING"), {Action: "android.intent.action.SENDTO", Data: "smsto:"}},
		words:   []string{"messaging", "messages", "mms", "sms"},
	},
	{name: "music", intents: []Intent{main("APP_MUSIC")}, words: []string{"music", "audioplayer"}},
	{
		name:    "recorder",
		intents: []Intent{{Action: "android.provider.MediaStore.RECORD_SOUND"}},
		words:   []string{"soundrecorder", "voicerecorder", "voicenote", "recorder"},
	},
	{name: "settings", intents: []Intent{{Action: "android.settings.SETTINGS"}}},
	{
		name:    "store",
		intents: []Intent{main("APP_MARKET"), {Action: "android.intent.action.VIEW", Data: "market://details?id=" + string(anyPackage)}},
		words:   []string{"vending", "appstore", "appmarket", "market", "store"},
	},
	{name: "weather", intents: []Intent{main("APP_WEATHER")}, words: []string{"weather"}},
}

// anyPackage stands in a store's address, which must name one.
const anyPackage android.Package = "com.android.settings"

func findRole(name string) (role, bool) {
	for _, r := range roles {
		if r.name == name {
			return r, true
		}
	}
	return role{}, false
}

// RoleNames are the words that a scenario's subject and a brand's overrides may
// use for roles, sorted.
func RoleNames() []string {
	words := make([]string, len(roles))
	for i, r := range roles {
		words[i] = r.name
	}
	return words
}
