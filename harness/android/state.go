package android

// State is the state that a UID was in when it used an op: pers, top, fgsvcl,
// fgsvc, fg, bg or cch. StateUnknown is the zero value: Android 8 and older
// print none.
type State string

// UID states (AppOpsManager.getUidStateName).
const (
	StateUnknown           State = ""
	StatePersistent        State = "pers"
	StateTop               State = "top"
	StateForegroundService State = "fgsvc"
	StateForegroundLocSvc  State = "fgsvcl"
	StateForeground        State = "fg"
	StateBackground        State = "bg"
	StateCached            State = "cch"
)

// Presence says what a state proves of the user: that the app was before their
// eyes, that it was not, or neither.
type Presence int

// Presences. The zero value proves nothing.
const (
	NotTold Presence = iota
	There
	Away
)

// Presence is what a UID's state proves, in every release alike. A state of a
// maker's own proves nothing.
//
// The states are those of processes (ActivityManager.PROCESS_STATE_*), folded by
// AppOpsService.PROCESS_STATE_TO_UID_STATE (services/core
// com/android/server/AppOpsService.java, Android 9; com/android/server/appop/
// AppOpsService.java, 10 and 11) and by AppOpsUidStateTracker.processStateToUidState
// (com/android/server/appop/AppOpsUidStateTracker.java, 13 to 16; 12 as 11):
//
//	state   9                     10                     11 to 16               proves
//	pers    PERSISTENT, _UI       PERSISTENT, _UI        PERSISTENT, _UI        nothing: always so
//	top     TOP                   TOP                    TOP                    there
//	fgsvcl  -                     FOREGROUND_SERVICE_    -                      nothing: a notification tells
//	                              LOCATION
//	fgsvc   FOREGROUND_SERVICE    FOREGROUND_SERVICE     FOREGROUND_SERVICE     nothing: a notification tells
//	fg      BOUND_FOREGROUND_     BOUND_TOP, BOUND_      BOUND_TOP, BOUND_      nothing: it serves another,
//	        SERVICE, IMPORTANT_   FOREGROUND_SERVICE,    FOREGROUND_SERVICE     which may be in front
//	        FOREGROUND            IMPORTANT_FOREGROUND
//	bg      IMPORTANT_BACKGROUND  as 9                   IMPORTANT_FOREGROUND,  away
//	        to RECEIVER                                  and as 9
//	cch     TOP_SLEEPING and      as 9                   as 9                   away
//	        further
//
// TOP is a process with a resumed or visible activity while the screen is on
// (OomAdjuster; with the screen off it is TOP_SLEEPING, and so cch). BOUND_TOP,
// BOUND_FOREGROUND_SERVICE and IMPORTANT_FOREGROUND are lent to services that
// other processes are bound to: the listener for a hotword is fg while quite
// another app is in front. What from Android 11 is bg for its process being
// IMPORTANT_FOREGROUND may float over another app (hasOverlayUi), and Android
// itself refuses it, as every bg, what it may use only while it is in use
// (AppOpsService.UidState.evalMode).
func (s State) Presence() Presence { return presences[s] }

var presences = map[State]Presence{
	StatePersistent:        NotTold,
	StateTop:               There,
	StateForegroundLocSvc:  NotTold,
	StateForegroundService: NotTold,
	StateForeground:        NotTold,
	StateBackground:        Away,
	StateCached:            Away,
}

// Serves says whether a UID in this state works for another process, which may
// be the one that the user looks at.
func (s State) Serves() bool { return s == StateForeground }

// Announced says whether a UID in this state shows a notification for as long as
// it works: it runs a foreground service (Service.startForeground, from Android
// 8 without exception but where the user has hidden it).
func (s State) Announced() bool { return s == StateForegroundService || s == StateForegroundLocSvc }

// lasting are the ops that are started and finished (AppOpsManager.startOp), and
// so have a duration; others are noted for a moment. Up to Android 16 the
// location is noted each time that it is handed over, and only monitored lastingly
// (LocationManagerService, LocationProviderManager).
var lasting = map[Op]bool{
	"CAMERA": true, "PHONE_CALL_CAMERA": true, "RECORD_AUDIO": true, "PHONE_CALL_MICROPHONE": true,
	"RECORD_AUDIO_HOTWORD": true, "RECEIVE_AMBIENT_TRIGGER_AUDIO": true,
	"MONITOR_LOCATION": true, "MONITOR_HIGH_POWER_LOCATION": true, "GPS": true,
}

// Lasts says whether an op is used for a time rather than for a moment.
func (o Op) Lasts() bool { return lasting[o] }
