package stackfile

// Secrets are the encryption settings in a stack's configuration file.
type Secrets struct {
	// Provider is passphrase, awskms://..., gcpkms://... and so on. Empty: the backend's default.
	Provider string
	// Key is the data key, encrypted by a key service.
	Key string
	// Salt of the key that is derived from a passphrase.
	Salt string
}

// IsZero reports whether the file has no encryption settings.
func (s Secrets) IsZero() bool { return s == Secrets{} }

// Secrets returns the encryption settings.
func (f *File) Secrets() Secrets {
	return Secrets{
		Provider: f.text("secretsprovider"),
		Key:      f.text("encryptedkey"),
		Salt:     f.text("encryptionsalt"),
	}
}

// SetSecrets replaces the encryption settings.
func (f *File) SetSecrets(secrets Secrets) {
	f.setText("secretsprovider", secrets.Provider)
	f.setText("encryptedkey", secrets.Key)
	f.setText("encryptionsalt", secrets.Salt)
}

func (f *File) text(key string) string {
	text, _ := f.root[key].(string)
	return text
}

func (f *File) setText(key, value string) {
	if value == "" {
		delete(f.root, key)
		return
	}
	f.root[key] = value
}
