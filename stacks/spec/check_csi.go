package spec

// checkDriver reports a volume of a driver without its name, and a name without such a volume.
func (v MountedVolume) checkDriver(problems *Problems, at string) {
	if v.Source == CSIVolume {
		if v.Driver == "" {
			problems.add(at+".driver", nil, "is required with %s.source csi, for instance secrets-store.csi.k8s.io", at)
		}
		return
	}
	if v.Driver != "" {
		problems.add(at+".driver", v.Driver, "would be ignored, because %s.source is not csi", at)
	}
	if len(v.VolumeAttributes) > 0 {
		problems.add(at+".volumeAttributes", nil, "would be ignored, because %s.source is not csi", at)
	}
}
