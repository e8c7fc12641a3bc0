package collect

import "strings"

// exportedComponents asks who answers the intents by which apps are usually
// opened to others, whether every app may send them, and which permission guards
// it: services/core PackageManagerShellCommand.runQueryIntentActivities, -Services
// and -Receivers, from Android 7. No command of a shell's prints what a manifest
// exports: one that answers none of these is not known. An intent without an
// action would be answered by more, but only where it names a package, one call
// each, and from Android 15 on it may be answered by none.
var exportedComponents = Collector{
	Name:  "exported-components",
	When:  Baseline,
	Needs: []Need{{"service", "package"}, {"command", "cmd"}},
	Forms: []Form{
		{From: 24, Script: `i=android.intent.action; s=android.service; t=android.telecom; p=android.provider.Telephony; for q in "` +
			strings.Join(exposing, `" "`) + `"; do echo "@@ $q"; cmd package query-$q --user 0; done; echo "@@ end"`},
	},
	Whole: endsWithNewline,
}

// exposing are the intents, as cmd package query- takes them. They and their
// command line stay below the 4,000 bytes that an adb server takes for each
// handset.
var exposing = []string{
	"activities -a $i.MAIN -c android.intent.category.LAUNCHER",
	"activities -a $i.MAIN -c android.intent.category.HOME",
	"activities -a $i.ASSIST",
	"activities -a $i.VOICE_COMMAND",
	"activities -a $i.WEB_SEARCH",
	"activities -a $i.VIEW -d https:",
	"activities -a $i.VIEW -d tel:",
	"activities -a $i.VIEW -d sms:",
	"activities -a $i.VIEW -d geo:",
	"activities -a $i.VIEW -d market:",
	"activities -a $i.VIEW -d content: -t image/jpeg",
	"activities -a $i.VIEW -d content: -t text/x-vcard",
	"activities -a $i.VIEW -d content: -t application/pdf",
	"activities -a $i.VIEW -d content: -t application/vnd.android.package-archive",
	"activities -a $i.SEND -t text/plain",
	"activities -a $i.SEND -t image/jpeg",
	"activities -a $i.SENDTO -d mailto:",
	"activities -a $i.PROCESS_TEXT -t text/plain",
	"activities -a $i.DIAL -d tel:",
	"activities -a $i.CALL -d tel:",
	"activities -a $i.CALL_PRIVILEGED -d tel:",
	"activities -a $i.PICK -t vnd.android.cursor.dir/contact",
	"activities -a $i.GET_CONTENT -t image/jpeg",
	"activities -a $i.INSERT -t vnd.android.cursor.dir/contact",
	"activities -a $i.SET_ALARM",
	"activities -a android.media.action.IMAGE_CAPTURE",
	"activities -a android.media.action.VIDEO_CAPTURE",
	"activities -a android.provider.MediaStore.RECORD_SOUND",
	"activities -a android.app.action.ADD_DEVICE_ADMIN",
	"services -a android.accessibilityservice.AccessibilityService",
	"services -a android.accounts.AccountAuthenticator",
	"services -a android.content.SyncAdapter",
	"services -a android.net.VpnService",
	"services -a android.nfc.cardemulation.action.HOST_APDU_SERVICE",
	"services -a android.media.browse.MediaBrowserService",
	"services -a android.printservice.PrintService",
	"services -a android.speech.RecognitionService",
	"services -a $i.TTS_SERVICE",
	"services -a android.view.InputMethod",
	"services -a $s.autofill.AutofillService",
	"services -a $s.carrier.CarrierService",
	"services -a $s.carrier.CarrierMessagingService",
	"services -a $s.credentials.CredentialProviderService",
	"services -a $s.dreams.DreamService",
	"services -a $s.notification.ConditionProviderService",
	"services -a $s.notification.NotificationListenerService",
	"services -a $s.quicksettings.action.QS_TILE",
	"services -a $s.textservice.SpellCheckerService",
	"services -a $s.voice.VoiceInteractionService",
	"services -a $s.wallpaper.WallpaperService",
	"services -a $t.CallRedirectionService",
	"services -a $t.CallScreeningService",
	"services -a $t.ConnectionService",
	"services -a $t.InCallService",
	"services -a com.android.location.service.FusedLocationProvider",
	"services -a com.android.location.service.GeocodeProvider",
	"services -a com.android.location.service.v3.NetworkLocationProvider",
	"receivers -a android.app.action.DEVICE_ADMIN_ENABLED",
	"receivers -a android.appwidget.action.APPWIDGET_UPDATE",
	"receivers -a $i.FACTORY_RESET",
	"receivers -a $i.MASTER_CLEAR",
	"receivers -a $i.MEDIA_BUTTON",
	"receivers -a $p.SMS_DELIVER",
	"receivers -a com.google.android.c2dm.intent.RECEIVE",
}
