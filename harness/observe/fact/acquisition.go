package fact

import "time"

// Acquisition is when androidqf began and ended, by the clock of the computer that it ran on.
type Acquisition struct {
	Version   string    `json:"version,omitempty"` // androidqf's own
	Started   time.Time `json:"started"`           // UTC
	Completed time.Time `json:"completed,omitzero"`
}

func (Acquisition) Kind() string { return "acquisition" }

// Moment is when a print-out was made: it says so itself, by the handset's clock. The times of
// its entries do not tell it. Android keeps entries from before the clock was set, and a real
// Pixel has an entry whose time is four hours ahead.
type Moment struct {
	Local string `json:"time"` // handset's local time, 2006-01-02 15:04:05; no zone is printed
}

func (Moment) Kind() string { return "moment" }
