engine-cannot-create = None of the models here can draw a new picture from words. Ask whoever runs this bot to add one that can.
engine-cannot-edit = None of the models here can change a picture or draw upon one. Describe the whole picture instead, and I will draw it anew.
engine-too-many-references = The model draws upon { $most } pictures at most; { $given } were given, so the last ones were left out.
