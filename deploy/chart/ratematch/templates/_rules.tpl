{{/*
What the operator does within a namespace: the same rules in a ClusterRole or in Roles.
Each verb is one that it uses; where a verb looks needless, the reason stands beside it.
*/}}
{{- define "ratematch.rules" -}}
{{- $write := eq .Values.mode "auto" -}}
- apiGroups: [ratematch.dev]
  resources: [ratematchers]
  # Patched for the finalizer, before the first pod leaves routing and after the last is back.
  verbs: [list, watch{{ if $write }}, patch{{ end }}]
# Server-side apply is a patch.
- apiGroups: [ratematch.dev]
  resources: [ratematchers/status]
  verbs: [patch]
# What the next start goes on from, one for each RateMatcher, named by its uid, which no rule can
# know: so neither listed, watched, updated nor deleted.
- apiGroups: [""]
  resources: [configmaps]
  verbs: [get, create, patch]
- apiGroups: [""]
  resources: [pods]
  # Patched when a pod leaves: the routing label goes, the deletion cost comes; and when an instance
  # changes its role. Deleted is one whose engine did not survive a switch.
  verbs: [list, watch{{ if $write }}, patch{{ end }}{{ if and $write .Values.switching.enabled }}, delete{{ end }}]
# The condition of the readiness gate ratematch.dev/serving: nobody else opens it, so pods that have
# it would never serve.
- apiGroups: [""]
  resources: [pods/status]
  verbs: [patch]
# Got once more right before each write.
- apiGroups: [apps]
  resources: [deployments, statefulsets]
  verbs: [get, list, watch]
- apiGroups: [leaderworkerset.x-k8s.io]
  resources: [leaderworkersets]
  verbs: [get, list, watch]
{{- if $write }}
- apiGroups: [apps]
  resources: [deployments/scale, statefulsets/scale]
  verbs: [patch]
- apiGroups: [leaderworkerset.x-k8s.io]
  resources: [leaderworkersets/scale]
  verbs: [patch]
{{- end }}
# GPUs that pods claim by DRA, where a RateMatcher does not say gpusPerReplica.
- apiGroups: [resource.k8s.io]
  resources: [resourceclaimtemplates]
  verbs: [get]
# To see who else scales a target.
- apiGroups: [autoscaling]
  resources: [horizontalpodautoscalers]
  verbs: [list, watch]
- apiGroups: [events.k8s.io]
  resources: [events]
  verbs: [create, patch]
{{- range .Values.extraTargets }}
{{- $scale := not (eq (toString .scale) "false") }}
- apiGroups: [{{ .apiGroup | quote }}]
  resources: [{{ .resource | quote }}]
  verbs: [get, list, watch{{ if and $write (not $scale) }}, patch{{ end }}]
{{- if $scale }}
- apiGroups: [{{ .apiGroup | quote }}]
  resources: [{{ printf "%s/scale" .resource | quote }}]
  verbs: [get{{ if $write }}, patch{{ end }}]
{{- end }}
{{- end }}
{{- end -}}

{{/* Binds the operator's account. */}}
{{- define "ratematch.subjects" -}}
- kind: ServiceAccount
  name: {{ include "ratematch.serviceAccountName" . }}
  namespace: {{ .Release.Namespace }}
{{- end -}}
