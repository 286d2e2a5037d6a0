"""`exec` and `eval`."""


def main():
    d = {}
    exec("import threading\nr=[]\nt=threading.Thread(target=r.append,args=(1,))\nt.start(); t.join()", d)
    return d["r"], eval("1+1")
