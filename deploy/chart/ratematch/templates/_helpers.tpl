{{- define "ratematch.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{- define "ratematch.fullname" -}}
{{- $name := include "ratematch.name" . -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 63 | trimSuffix "-" -}}
{{- else if contains $name .Release.Name -}}
{{- .Release.Name | trunc 63 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 63 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "ratematch.selectorLabels" -}}
app.kubernetes.io/name: {{ include "ratematch.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "ratematch.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
{{ include "ratematch.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end -}}

{{- define "ratematch.serviceAccountName" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "ratematch.fullname" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- required "serviceAccount.name is needed when serviceAccount.create is false" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{- define "ratematch.image" -}}
{{- if .Values.image.digest -}}
{{ .Values.image.repository }}@{{ .Values.image.digest }}
{{- else -}}
{{ .Values.image.repository }}:{{ default .Chart.AppVersion .Values.image.tag }}
{{- end -}}
{{- end -}}

{{/* What no schema can say, because it is about two values. */}}
{{- define "ratematch.check" -}}
{{- if and (gt (int .Values.replicas) 1) (not .Values.leaderElection.enabled) -}}
{{- fail (printf "replicas (%d) above 1 need leaderElection.enabled: without it, all of them would write" (int .Values.replicas)) -}}
{{- end -}}
{{- if eq (int .Values.ports.http) (int .Values.ports.scaler) -}}
{{- fail (printf "ports.http and ports.scaler must differ; both are %d" (int .Values.ports.http)) -}}
{{- end -}}
{{- if and (eq .Values.journal.to "claim") (not .Values.journal.claim) -}}
{{- fail "journal.to (claim) needs journal.claim: the name of a PersistentVolumeClaim" -}}
{{- end -}}
{{- if .Values.namespaces -}}
{{- range .Values.telemetrySecrets -}}
{{- if not (has .namespace $.Values.namespaces) -}}
{{- fail (printf "telemetrySecrets names namespace %s, which is not one of namespaces: a RateMatcher there is not seen" .namespace) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
