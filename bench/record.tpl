# {{ ._title }} ({{ ._type }}), made by a template of thirty lines
{{- $host := default "localhost" .host }}
{{- $port := default 5432 .port }}
[connection]
user = {{ .login | quote }}
password = {{ .password | squote }}
url = {{ printf "postgres://%s:%s@%s:%v/app" (.login | urlquery) (.password | urlquery) $host $port }}
{{- if .url }}
service = {{ .url | lower | trimSuffix "/" }}
{{- else }}
service = none
{{- end }}
{{- with index . "API Key" }}
[api]
key = {{ . | b64enc }}
digest = {{ . | sha256sum | trunc 16 }}
{{- end }}
[names]
{{- range $name, $value := . }}
{{- if not (hasPrefix "_" $name) }}
{{ $name | snakecase | upper }}={{ $value | toString | len }}
{{- end }}
{{- end }}
[list]
{{- range $i, $word := splitList "-" .password }}
{{ add $i 1 }}. {{ $word | title }}{{ if gt (len $word) 8 }} (long){{ end }}
{{- end }}
{{- define "line" }}{{ . | repeat 3 | abbrev 20 }}{{ end }}
{{- template "line" .login }}
{{ dict "a" 1 "b" (list .login 2) | toJson }}
