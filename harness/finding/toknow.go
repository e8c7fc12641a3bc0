package finding

import "strings"

// remedy against not knowing: what a reason holds, and what a person can do about it.
type advice struct{ reason, do string }

// advices are read from the top: the first whose words stand in the reason counts.
// The maker's remedy is no answer to an Unknown: nothing was found that a maker
// could mend.
var advices = []advice{
	{onePrintOut, "play the scenarios on the handset: `assay run`"},
	{noScenario, "play a scenario that is about it: `assay plan` lists what the suite has, and why some cannot run"},
	{"Android keeps the last use alone", "play a scenario in which the app is on the screen from the first step on, " +
		"and one in which nobody touches the handset"},
	{"Android has overwritten what came just before", "play it again, and open the app once only"},
	{"whether it goes on was not waited for", "play it again with `idle` as the last step"},
	{"a notification of its own said so", "look at the notifications while the scenario is played again"},
	{"neither Android nor the steps say", "play a scenario that opens the app and leaves it, and one in which nobody touches the handset; " +
		"of a print-out, ask who took it what was on the screen"},
	{"the dialog was not answered", "look at the screenshot of the step, and mend what the scenario answers"},
	{"no app-op tells when", "look at the app by other means: this Android keeps no book of it"},
	{"stood in front that the scenario does not foresee", "say under `dialogs` of the scenario what to answer, " +
		"and play it again: `assay retry RUN --only unknown`"},
	{"it could not be told what stood in front", "look with `assay explain --coverage RUN` why the views could not be read, " +
		"and play it again: `assay retry RUN --only unknown`"},
	{"Android's services were restarted", "play it again: `assay retry RUN --only unknown`"},
	{"moved", "leave the handset without a network that lets the app out, or record its traffic at the access point"},
	{"names no owner", "play it again: `assay retry RUN --only unknown`; or record the traffic at the access point"},
	{"no look at the sockets is in it", "play it again: `assay retry RUN --only unknown`"},
	{"came late or not at all", "play it again on a handset and a host that are less busy: `assay retry RUN --only unknown`"},
	{"no counter", "ask a handset whose kernel counts bytes, or record the traffic at the access point"},
	{
		"wrote what looks like an identifier",
		"compare it with what the handset and its accounts hold: `assay explain RUN FINDING` shows the line",
	},
	{"identifiers is known", "have them collected: `assay run` asks the handset for them"},
	{"the log is filtered", "clear the property on a handset of the lab (`setprop log.tag \"\"`), and play it again"},
	{"no flag tells who gave it", "reset the handset, and look at the permission before anybody is asked"},
	{"the dump does not", "have the dumps of single packages collected: `assay run` does"},
	{"the dump names no", "have the dumps of single packages collected: `assay run` does"},
	{"when the handset was asked is not known", "take the print-out with its date, as a bugreport has it"},
	{"the security patch level", "compare it with Settings, About phone"},
	{"security patch level", "ask its maker: this release need not say it"},
	{"names no keys", "have all properties collected: `assay run` does; what the image does not say, its maker must"},
	{"does not say", "have all properties collected: `assay run` does; what the image does not say, its maker must"},
	{"closed just after it was there", "play a scenario that opens the app and leaves it: `assay run`"},
	{": not captured", "have it collected: `assay run` does; an import wants the print-out of it too"},
	{": denied", "ask again with the handset unlocked and its developer options on; what a release refuses every shell cannot be known so"},
	{": timed out", "take it again when the handset is at rest: `assay retry RUN --only unknown`"},
	{": truncated", "take it again: `assay retry RUN --only unknown`; an import wants a whole print-out"},
	{": not run", "play it: `assay resume RUN` goes on with what is owed"},
	{": unsupported", "ask a handset or a release that has it: this one does not"},
	{"how much of it there is, is not known", "take it with `assay run`, which is told where a print-out ends"},
	{"could not be read, ", "`assay explain --coverage RUN` shows the lines: take the print-out again, and nothing else into it"},
	{"were not understood", "`assay explain --coverage RUN` shows the lines: their parser has to learn them"},
	{": infrastructure", "mend what the table jobs names, and play it again: `assay retry RUN --only infra`"},
	{": interrupted", "go on with it: `assay resume RUN`"},
	{": step failed", "look at the step in the table jobs, mend it, and play it again: `assay retry RUN --only unknown`"},
	{"its evidence was not read", "see what `assay verify RUN` says of it"},
	{"no attempt that could show it has finished", "go on with the run: `assay resume RUN`"},
}

// anyAdvice is given where nothing better is known.
const anyAdvice = "look at what it rests on, `assay explain RUN FINDING`, and at what was not seen, `assay explain --coverage RUN`"

// ToKnow says what a person can do about a reason for not knowing.
func ToKnow(reason string) string {
	for _, a := range advices {
		if strings.Contains(reason, a.reason) {
			return a.do
		}
	}
	return anyAdvice
}
