package finding

// All is every rule, by ID. One file a claim: rule_ and the ID, with underscores.
var All = []Rule{
	noAccessAfterConsentIsRefused,
	noBackgroundLocation,
	noCameraOrMicrophoneWithoutTheUser,
	noClearTextTraffic,
	noIdentifierInTheLog,
	noSensitiveGrantUnseenByTheUser,
	preinstalledAppCanBeDisabled,
	releaseKeys,
	securityPatchIsRecent,
	verifiedBootIsGreen,
}

// Find gives the rule of an ID.
func Find(id string) (Rule, bool) {
	for _, r := range All {
		if r.ID == id {
			return r, true
		}
	}
	return Rule{}, false
}
