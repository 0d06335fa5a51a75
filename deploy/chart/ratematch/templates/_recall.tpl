{{- define "ratematch.recallName" -}}
{{- printf "%s-recall" (include "ratematch.fullname" . | trunc 48 | trimSuffix "-") -}}
{{- end -}}

{{- define "ratematch.recallLabels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
app.kubernetes.io/name: {{ include "ratematch.recallName" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end -}}

{{/* When it runs, and that nothing of it stays. Takes root and weight. */}}
{{- define "ratematch.hook" -}}
helm.sh/hook: pre-delete{{ if eq .root.Values.mode "recommend-only" }},post-upgrade{{ end }}
helm.sh/hook-weight: {{ .weight | quote }}
helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
{{- end -}}

{{/* What puts pods back and lets RateMatchers go. */}}
{{- define "ratematch.recallRules" -}}
- apiGroups: [""]
  resources: [pods]
  verbs: [list, patch]
- apiGroups: [""]
  resources: [pods/status]
  verbs: [patch]
- apiGroups: [ratematch.dev]
  resources: [ratematchers]
  verbs: [list, patch]
{{- end -}}

{{/* The Job. Takes root, name, hook and how. */}}
{{- define "ratematch.recallJob" }}
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .name }}
  namespace: {{ .root.Release.Namespace }}
  labels:
    {{- include "ratematch.recallLabels" .root | nindent 4 }}
  annotations:
    helm.sh/hook: {{ .hook }}
    helm.sh/hook-weight: "0"
    helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
spec:
  backoffLimit: 2
  activeDeadlineSeconds: {{ .root.Values.recall.timeoutSeconds }}
  template:
    metadata:
      # Not the operator's own labels: its Service would send traffic here.
      labels:
        {{- include "ratematch.recallLabels" .root | nindent 8 }}
    spec:
      restartPolicy: Never
      serviceAccountName: {{ ternary (include "ratematch.recallName" .root) (include "ratematch.serviceAccountName" .root) .root.Values.rbac.create }}
      automountServiceAccountToken: true
      enableServiceLinks: false
      securityContext:
        runAsNonRoot: true
        seccompProfile:
          type: RuntimeDefault
      {{- with .root.Values.imagePullSecrets }}
      imagePullSecrets:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      containers:
        - name: recall
          image: {{ include "ratematch.image" .root }}
          imagePullPolicy: {{ .root.Values.image.pullPolicy }}
          args:
            - recall
            {{- with .root.Values.namespaces }}
            - --namespaces={{ join "," . }}
            {{- end }}
            - --lease-namespace={{ .root.Release.Namespace }}
            - {{ .how }}
          {{- with .root.Values.jvmOptions }}
          env:
            - name: JDK_JAVA_OPTIONS
              value: {{ . | quote }}
          {{- end }}
          {{- with .root.Values.resources }}
          resources:
            {{- toYaml . | nindent 12 }}
          {{- end }}
          securityContext:
            allowPrivilegeEscalation: false
            readOnlyRootFilesystem: true
            capabilities:
              drop: [ALL]
          volumeMounts:
            - name: tmp
              mountPath: /tmp
      volumes:
        - name: tmp
          emptyDir:
            sizeLimit: 64Mi
      {{- with .root.Values.nodeSelector }}
      nodeSelector:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with .root.Values.tolerations }}
      tolerations:
        {{- toYaml . | nindent 8 }}
      {{- end }}
{{- end -}}
