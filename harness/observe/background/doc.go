// Package background reads what apps do, and may do, while nobody looks.
//
// What runs: processes ([Ps], [AndroidqfProcesses]) and services
// ([DumpsysActivityServices]). What starts an app: jobs ([DumpsysJobscheduler]), alarms
// ([DumpsysAlarm]) and broadcasts ([DumpsysActivityBroadcasts]). What has power beyond that
// of other apps: packages that battery saving spares ([DumpsysDeviceidle]), administrators
// ([DumpsysDevicePolicy]) and accessibility services ([DumpsysAccessibility]).
package background
