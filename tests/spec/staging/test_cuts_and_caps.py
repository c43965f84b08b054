"""Every score at its caps and cuts; the unit of a column stands in its header."""

from __future__ import annotations

import pytest

from hepatica import staging

TABLES = {
    "meld": """
bilirubin mg/dL | inr | creatinine mg/dL | dialysis | value
0.5             | 0.8 | 0.6              |          | 6
1               | 1   | 1                |          | 6
1.1             | 1   | 1                |          | 7
1               | 1   | 4                |          | 20
1               | 1   | 9                |          | 20
1               | 1   | 0.7              | yes      | 20
10              | 3   | 2                |          | 34
30              | 8   | 4                |          | 40
""",
    "meld_na": """
bilirubin mg/dL | inr | creatinine mg/dL | sodium | value
1               | 1.5 | 1                | 125    | 11
1               | 1.6 | 1                | 137    | 12
1               | 1.6 | 1                | 145    | 12
1               | 1.6 | 1                | 136    | 13
1               | 1.6 | 1                | 125    | 23
1               | 1.6 | 1                | 110    | 23
10              | 3   | 2                | 125    | 36
30              | 8   | 4                | 125    | 40
""",
    "meld_na_kim": """
bilirubin mg/dL | inr | creatinine mg/dL | sodium | value
1               | 1.6 | 1                | 140    | 12
1               | 1.6 | 1                | 150    | 12
1               | 1.6 | 1                | 125    | 22
1               | 1.6 | 1                | 110    | 22
""",
    "meld_3": """
bilirubin mg/dL | inr | creatinine mg/dL | sodium | albumin g/dL | sex    | age | dialysis | value
0.4             | 0.9 | 0.5              | 142    | 4.5          | male   |     |          | 6
1               | 1   | 1                | 137    | 3.5          | female |     |          | 7
1               | 1   | 1                | 137    | 3.5          | male   | 17  |          | 7
1               | 1   | 1                | 137    | 3.5          | male   | 18  |          | 6
1               | 1   | 1                | 125    | 3.5          | male   |     |          | 16
1               | 1   | 1                | 110    | 3.5          | male   |     |          | 16
1               | 1   | 3                | 137    | 3.5          | male   |     |          | 18
1               | 1   | 4                | 137    | 3.5          | male   |     |          | 18
1               | 1   | 1                | 137    | 3.5          | male   |     | yes      | 18
1               | 1   | 1                | 137    | 1.5          | male   |     |          | 10
1               | 1   | 1                | 137    | 1.0          | male   |     |          | 10
1               | 1   | 3                | 137    | 1.5          | male   |     |          | 18
30              | 8   | 3                | 125    | 1.5          | female |     |          | 40
""",
    "child_pugh": """
bilirubin mg/dL | albumin g/dL | inr | pt_percent | ascites  | encephalopathy | cholestatic | value | class
1.5             | 3.8          | 1.2 |            | none     | 0              |             | 5     | A
1.99            | 3.8          | 1.2 |            | none     | 0              |             | 5     | A
2.0             | 3.8          | 1.2 |            | none     | 0              |             | 6     | A
3.0             | 3.8          | 1.2 |            | none     | 0              |             | 6     | A
3.01            | 3.8          | 1.2 |            | none     | 0              |             | 7     | B
1.5             | 3.51         | 1.2 |            | none     | 0              |             | 5     | A
1.5             | 3.5          | 1.2 |            | none     | 0              |             | 6     | A
1.5             | 2.8          | 1.2 |            | none     | 0              |             | 6     | A
1.5             | 2.79         | 1.2 |            | none     | 0              |             | 7     | B
1.5             | 3.8          | 1.69 |           | none     | 0              |             | 5     | A
1.5             | 3.8          | 1.7 |            | none     | 0              |             | 6     | A
1.5             | 3.8          | 2.3 |            | none     | 0              |             | 6     | A
1.5             | 3.8          | 2.31 |           | none     | 0              |             | 7     | B
1.5             | 3.8          |     | 51         | none     | 0              |             | 5     | A
1.5             | 3.8          |     | 50         | none     | 0              |             | 6     | A
1.5             | 3.8          |     | 40         | none     | 0              |             | 6     | A
1.5             | 3.8          |     | 39         | none     | 0              |             | 7     | B
1.5             | 3.8          | 1.2 | 20         | none     | 0              |             | 5     | A
1.5             | 3.8          | 1.2 |            | slight   | 0              |             | 6     | A
1.5             | 3.8          | 1.2 |            | moderate | 0              |             | 7     | B
1.5             | 3.8          | 1.2 |            | massive  | 0              |             | 7     | B
1.5             | 3.8          | 1.2 |            | none     | 1              |             | 6     | A
1.5             | 3.8          | 1.2 |            | none     | 2              |             | 6     | A
1.5             | 3.8          | 1.2 |            | none     | 3              |             | 7     | B
1.5             | 3.8          | 1.2 |            | none     | 4              |             | 7     | B
2.5             | 3.0          | 2.0 |            | slight   | 0              |             | 9     | B
2.5             | 3.0          | 2.0 |            | slight   | 1              |             | 10    | C
4.0             | 2.5          | 2.5 |            | moderate | 4              |             | 15    | C
3.9             | 3.8          | 1.2 |            | none     | 0              | yes         | 5     | A
4.0             | 3.8          | 1.2 |            | none     | 0              | yes         | 6     | A
10              | 3.8          | 1.2 |            | none     | 0              | yes         | 6     | A
10.1            | 3.8          | 1.2 |            | none     | 0              | yes         | 7     | B
""",
    "ukeld": """
bilirubin umol/L | inr | creatinine umol/L | sodium | value | class
10               | 1   | 60                | 140    | 45    | below 49
50               | 1.5 | 100               | 135    | 56    | 49 or more
""",
    "peld": """
bilirubin mg/dL | inr | albumin g/dL | age  | growth_failure | value
0.5             | 0.9 | 1.0          | 3    | no             | 0
1               | 1   | 1.0          | 3    | yes            | 7
1               | 1   | 1.0          | 0.99 | no             | 4
1               | 1   | 1.0          | 1    | no             | 0
1               | 1   | 4.0          | 11.9 | no             | -10
""",
    "apri": """
ast | ast_uln | platelets | value | class
20  | 40      | 100       | 0.5   | low
20  | 40      | 99        | 0.505 | indeterminate
60  | 40      | 100       | 1.5   | indeterminate
60  | 40      | 99        | 1.515 | high
80  |         | 100       | 2.0   | high
""",
    "fib4": """
age | ast | alt | platelets | value | class
50  | 26  | 100 | 100       | 1.3   | indeterminate
50  | 25  | 100 | 100       | 1.25  | low
65  | 30  | 100 | 100       | 1.95  | low
64  | 30  | 100 | 100       | 1.92  | indeterminate
65  | 40  | 100 | 130       | 2.0   | indeterminate
""",
    "r_factor": """
alt | alt_uln | alp | alp_uln | value | class
80  | 40      | 120 | 120     | 2.0   | cholestatic
84  | 40      | 120 | 120     | 2.1   | mixed
196 | 40      | 120 | 120     | 4.9   | mixed
200 | 40      | 120 | 120     | 5.0   | hepatocellular
200 | 40      | 240 | 120     | 2.5   | mixed
200 | 40      | 120 | 60      | 2.5   | mixed
""",
    "hys_law": """
alt | alt_uln | ast | ast_uln | bilirubin umol/L | bilirubin_uln umol/L | alp | alp_uln | value | class
119 | 40      |     |         | 50               | 20                   | 100 | 120     | 0     | not met
120 | 40      |     |         | 50               | 20                   | 100 | 120     | 1     | met
120 | 40      |     |         | 40               | 20                   | 100 | 120     | 0     | not met
60  | 40      | 119 | 40      | 50               | 20                   | 100 | 120     | 0     | not met
60  | 40      | 300 |         | 50               | 20                   | 100 | 120     | 0     | not met
120 | 40      |     |         | 50               | 20                   | 239 | 120     | 1     | met
120 | 40      |     |         | 50               | 20                   | 240 | 120     | 0     | not met
60  | 40      | 120 | 40      | 50               | 20                   | 100 | 120     | 1     | met
""",
    "gahs": """
age | wbc  | urea | inr  | bilirubin umol/L | value | class
49  | 14.9 | 4.9  | 1.49 | 124              | 5     | below 9
50  | 14.9 | 4.9  | 1.49 | 124              | 6     | below 9
49  | 15   | 4.9  | 1.49 | 124              | 6     | below 9
49  | 14.9 | 5    | 1.49 | 124              | 6     | below 9
49  | 14.9 | 4.9  | 1.5  | 124              | 6     | below 9
49  | 14.9 | 4.9  | 2.0  | 124              | 6     | below 9
49  | 14.9 | 4.9  | 2.01 | 124              | 7     | below 9
49  | 14.9 | 4.9  | 1.49 | 125              | 6     | below 9
49  | 14.9 | 4.9  | 1.49 | 250              | 6     | below 9
49  | 14.9 | 4.9  | 1.49 | 251              | 7     | below 9
50  | 15   | 5    | 1.5  | 124              | 9     | 9 or more
50  | 15   | 5    | 2.1  | 251              | 12    | 9 or more
""",
    "clif_c_of": """
bilirubin mg/dL|creatinine mg/dL|encephalopathy|inr|map|fio2|pao2|spo2|dialysis|vasopressor|ventilated|value
5.9  | 1.9 | 0 | 1.9 | 70 | 0.21 | 64 |    |     |     |     | 6
6    | 1.9 | 0 | 1.9 | 70 | 0.21 | 64 |    |     |     |     | 7
12   | 1.9 | 0 | 1.9 | 70 | 0.21 | 64 |    |     |     |     | 8
5.9  | 2   | 0 | 1.9 | 70 | 0.21 | 64 |    |     |     |     | 7
5.9  | 3.5 | 0 | 1.9 | 70 | 0.21 | 64 |    |     |     |     | 8
5.9  | 1.9 | 0 | 1.9 | 70 | 0.21 | 64 |    | yes |     |     | 8
5.9  | 1.9 | 1 | 1.9 | 70 | 0.21 | 64 |    |     |     |     | 7
5.9  | 1.9 | 3 | 1.9 | 70 | 0.21 | 64 |    |     |     |     | 8
5.9  | 1.9 | 0 | 2   | 70 | 0.21 | 64 |    |     |     |     | 7
5.9  | 1.9 | 0 | 2.5 | 70 | 0.21 | 64 |    |     |     |     | 8
5.9  | 1.9 | 0 | 1.9 | 69 | 0.21 | 64 |    |     |     |     | 7
5.9  | 1.9 | 0 | 1.9 | 90 | 0.21 | 64 |    |     | yes |     | 8
5.9  | 1.9 | 0 | 1.9 | 70 | 0.5  | 151 |   |     |     |     | 6
5.9  | 1.9 | 0 | 1.9 | 70 | 0.5  | 150 |   |     |     |     | 7
5.9  | 1.9 | 0 | 1.9 | 70 | 0.5  | 101 |   |     |     |     | 7
5.9  | 1.9 | 0 | 1.9 | 70 | 0.5  | 100 |   |     |     |     | 8
5.9  | 1.9 | 0 | 1.9 | 70 | 0.25 |    | 90 |     |     |     | 6
5.9  | 1.9 | 0 | 1.9 | 70 | 0.25 |    | 89 |     |     |     | 7
5.9  | 1.9 | 0 | 1.9 | 70 | 0.4  |    | 85.6 |   |     |     | 8
5.9  | 1.9 | 0 | 1.9 | 70 | 0.4  |    | 86 |     |     |     | 7
5.9  | 1.9 | 0 | 1.9 | 70 | 0.21 | 64 |    |     |     | yes | 8
12   | 3.5 | 4 | 2.5 | 60 | 1    | 60 |    |     | yes |     | 18
""",
    "aarc": """
bilirubin mg/dL | creatinine mg/dL | encephalopathy | inr  | lactate | value | class
14.9            | 0.6              | 0              | 1.7  | 1.4     | 5     | I
15              | 0.6              | 0              | 1.7  | 1.4     | 6     | I
25              | 0.6              | 0              | 1.7  | 1.4     | 6     | I
25.1            | 0.6              | 0              | 1.7  | 1.4     | 7     | I
14.9            | 0.7              | 0              | 1.7  | 1.4     | 6     | I
14.9            | 1.5              | 0              | 1.7  | 1.4     | 6     | I
14.9            | 1.51             | 0              | 1.7  | 1.4     | 7     | I
14.9            | 0.6              | 1              | 1.8  | 1.5     | 8     | II
14.9            | 0.6              | 3              | 2.5  | 2.5     | 9     | II
14.9            | 0.6              | 3              | 2.51 | 2.5     | 10    | II
14.9            | 0.6              | 3              | 2.51 | 2.51    | 11    | III
30              | 2                | 4              | 3    | 5       | 15    | III
""",
    "kings_college_paracetamol": """
ph   | inr | creatinine umol/L | encephalopathy | value | class
7.29 | 2   | 80                | 0              | 1     | met
7.30 | 2   | 80                | 0              | 0     | not met
7.40 | 6.6 | 301               | 3              | 1     | met
7.40 | 6.5 | 301               | 3              | 0     | not met
7.40 | 6.6 | 300               | 3              | 0     | not met
7.40 | 6.6 | 301               | 2              | 0     | not met
""",
    "kings_college_other": """
age | inr | bilirubin umol/L | unfavourable_cause | jaundice_to_encephalopathy | value | class
30  | 6.6 | 50               | no                 | 2                          | 1     | met
30  | 6.5 | 50               | no                 | 2                          | 0     | not met
41  | 3.6 | 301              | no                 | 2                          | 1     | met
40  | 3.6 | 301              | no                 | 2                          | 0     | not met
9   | 3.6 | 301              | no                 | 2                          | 1     | met
10  | 3.6 | 301              | no                 | 2                          | 0     | not met
10.5 | 3.6 | 301             | no                 | 2                          | 0     | not met
9.9 | 3.6 | 301              | no                 | 2                          | 1     | met
30  | 3.6 | 300              | yes                | 8                          | 1     | met
30  | 3.6 | 300              | yes                | 7                          | 0     | not met
30  | 3.5 | 301              | yes                | 7                          | 0     | not met
""",
    "wilson": """
bilirubin umol/L | inr | ast | wbc  | albumin g/L | value | class
99               | 1.2 | 99  | 6.7  | 45          | 0     | below 11
99               | 1.24 | 99 | 6.74 | 45          | 0     | below 11
99               | 1.26 | 99 | 6.76 | 45          | 2     | below 11
99.4             | 1.2 | 99.4 | 6.7 | 44.6        | 0     | below 11
99.6             | 1.2 | 99.6 | 6.7 | 44.4        | 3     | below 11
100              | 1.3 | 100 | 6.8  | 44          | 5     | below 11
150              | 1.6 | 150 | 8.3  | 34          | 5     | below 11
151              | 1.7 | 151 | 8.4  | 33          | 10    | below 11
200              | 1.9 | 300 | 10.3 | 25          | 10    | below 11
201              | 1.9 | 300 | 10.3 | 25          | 11    | 11 or more
201              | 2.0 | 301 | 10.4 | 24          | 15    | 11 or more
300              | 2.4 | 400 | 15.3 | 21          | 15    | 11 or more
301              | 2.5 | 401 | 15.4 | 20          | 20    | 11 or more
""",
    "baveno_vi": """
stiffness | platelets | value | class
19.9      | 151       | 1     | endoscopy can be spared
20        | 151       | 0     | endoscopy advised
19.9      | 150       | 0     | endoscopy advised
""",
    "baveno_vii": """
stiffness | platelets | value | class
15        | 150       | 0     | CSPH ruled out
15        | 149       | 1     | CSPH undetermined
15        | 109       | 2     | CSPH probable
20        | 110       | 2     | CSPH probable
20.5      | 105       | 2     | CSPH probable
20.5      | 150       | 1     | CSPH undetermined
14.9      | 109       | 1     | CSPH undetermined
15.1      | 150       | 1     | CSPH undetermined
19.9      | 110       | 1     | CSPH undetermined
20        | 149       | 2     | CSPH probable
20.3      | 149       | 2     | CSPH probable
20        | 109       | 2     | CSPH probable
20        | 150       | 1     | CSPH undetermined
24.9      | 149       | 2     | CSPH probable
25        | 300       | 3     | CSPH ruled in
""",
    "baveno_five": """
stiffness | value | class
9.9       | 0     | no cACLD
10        | 1     | suggestive of cACLD
15        | 1     | suggestive of cACLD
15.1      | 2     | highly suggestive of cACLD
19.9      | 2     | highly suggestive of cACLD
20        | 3     | 20 to 25 kPa
24.9      | 3     | 20 to 25 kPa
25        | 4     | 25 kPa or more
75        | 4     | 25 kPa or more
""",
    "baveno_spleen": """
stiffness | platelets | spleen_stiffness | value | class
19.9      | 151       | 60               | 1     | endoscopy can be spared
20        | 151       | 40.1             | 0     | endoscopy advised
20        | 151       | 40               | 1     | endoscopy can be spared
40        | 60        | 40               | 1     | endoscopy can be spared
19.9      | 150       | 41               | 0     | endoscopy advised
""",
    "hys_law_baseline": """
alt | alt_baseline | alt_uln | bilirubin umol/L | bilirubin_baseline umol/L | bilirubin_uln umol/L | value | class
120 | 40           | 40      | 40               | 10                        | 20                   | 1     | met
119 | 40           | 40      | 40               | 10                        | 20                   | 0     | not met
120 | 40           | 40      | 39.9             | 10                        | 20                   | 0     | not met
119 | 59           | 40      | 60               | 20                        | 20                   | 0     | not met
120 | 59           | 40      | 60               | 20                        | 20                   | 1     | met
120 | 60           | 40      | 60               | 30                        | 20                   | 1     | met
119 | 60           | 40      | 60               | 30                        | 20                   | 0     | not met
120 | 60           | 40      | 59.9             | 30                        | 20                   | 0     | not met
299 | 160          | 40      | 60               | 30                        | 20                   | 0     | not met
300 | 160          | 40      | 60               | 30                        | 20                   | 1     | met
300 | 299          | 40      | 60               | 30                        | 20                   | 1     | met
599 | 300          | 40      | 60               | 30                        | 20                   | 0     | not met
600 | 300          | 40      | 60               | 30                        | 20                   | 1     | met
""",
    "abic": """
age | bilirubin mg/dL | creatinine mg/dL | inr | value
50  | 1               | 1                | 1   | 6.18
50  | 0.5             | 0.5              | 0.8 | 5.83
50  | 60              | 9                | 8   | 18.9
""",
    "clif_c_aclf": """
bilirubin mg/dL | creatinine mg/dL | encephalopathy | inr | map | pao2 mmHg | fio2 | age | wbc | value
1               | 1                | 0              | 1   | 80  | 95        | 0.21 | 50  | 1   | 19.8
12              | 1                | 0              | 1   | 80  | 95        | 0.21 | 50  | 1   | 26.4
12              | 3.5              | 0              | 1   | 80  | 95        | 0.21 | 50  | 1   | 33
12              | 3.5              | 4              | 2.5 | 80  | 95        | 0.21 | 50  | 1   | 46.2
12              | 3.5              | 4              | 2.5 | 69  | 80        | 0.8  | 50  | 1   | 56.1
12              | 3.5              | 4              | 2.5 | 69  | 80        | 0.8  | 75  | 1   | 66.1
""",
    "clif_c_ad": """
age | creatinine mg/dL | inr | wbc | sodium | value
50  | 1                | 1   | 1   | 140    | 25
50  | 1                | 1   | 1   | 120    | 35
50  | 1                | 1   | 1   | 150    | 20
80  | 1                | 1   | 1   | 140    | 34
50  | 0.5              | 1   | 1   | 140    | 20.4
50  | 1                | 2   | 1   | 140    | 36.9
50  | 1                | 1   | 10  | 140    | 45.3
""",
    "mayo_pbc": """
age | bilirubin mg/dL | albumin g/dL | pt_s | edema | value
50  | 1               | 1            | 10   | 0     | 7.43
50  | 1               | 1            | 10   | 1     | 7.86
50  | 1               | 1            | 10   | 2     | 8.29
""",
    "lille": """
age | albumin g/L | bilirubin umol/L | bilirubin_day7 umol/L | creatinine umol/L | pt_s | value
50  | 30          | 300              | 200                   | 115               | 20   | 0.113
50  | 30          | 300              | 200                   | 116               | 20   | 0.136
50  | 30          | 300              | 300                   | 115               | 20   | 0.399
""",
}

CLASS_CUTS = {
    "albi": "-2.601 1 | -2.60 1 | -2.599 2 | -1.39 2 | -1.389 3",
    "palbi": "-2.531 1 | -2.53 1 | -2.529 2 | -2.09 2 | -2.089 3",
    "fib4": "1.299 low | 1.3 indeterminate | 2.67 indeterminate | 2.671 high",
    "nafld_fs": "-1.456 low | -1.455 indeterminate | 0.676 indeterminate | 0.677 high",
    "de_ritis": "0.79 low | 0.8 indeterminate | 1.0 indeterminate | 1.01 high",
    "maddrey_df": "31.9 not severe | 32 severe",
    "lille": "0.45 responder | 0.451 non-responder",
    "globe": "0.30 up to 0.30 | 0.301 above 0.30",
    "ukeld": "48 below 49 | 49 49 or more",
    "child_pugh": "6 A | 7 B | 9 B | 10 C",
}


def test_score_at_caps_and_cuts(table: str, row: dict[str, str]) -> None:
    wanted = {k: row[k] for k in ("value", "class") if k in row}
    inputs = {}
    for column, cell in row.items():
        if column not in wanted:
            key, _, unit = column.partition(" ")
            inputs[key] = f"{cell} {unit}".strip()
    found = staging.score_from_text(table, inputs)
    assert found.value == pytest.approx(float(wanted["value"]), abs=1e-9)
    assert found.grade_class == wanted.get("class", found.grade_class)


@pytest.mark.parametrize(
    ("name", "value", "label"),
    [(name, *cell.strip().split(" ", 1)) for name, line in CLASS_CUTS.items() for cell in line.split("|")],
)
def test_class_at_its_cuts(name: str, value: str, label: str) -> None:
    spec = staging.registry()[name]
    assert spec.classify is not None
    assert spec.classify(float(value), {}) == label
    assert label in [row[0] for row in spec.classes]


def test_nafld_score_has_its_own_lower_cut_from_65_years() -> None:
    classify = staging.registry()["nafld_fs"].classify
    assert classify is not None
    assert [classify(0.1, {"age": a}) for a in (64, 65)] == ["indeterminate", "low"]
